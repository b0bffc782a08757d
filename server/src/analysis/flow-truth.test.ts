// The types that flow analysis finds in Go's own assembly against what its authors wrote: `g_m(AX)` says that AX holds a *g.
import { expect, test } from 'vitest';
import { underlying } from '../golang/types';
import { baseName, directoryOf } from '../workspace/files';
import { disk, goroot, parser } from '../testing/fixture';
import { Checker } from './check';
import { flowOf } from './flow';
import { functionsOf } from './functions';
import { wholeRegister } from './instruction-access';
import { pointed } from './register-values';

const FOLDERS = ['runtime', 'reflect', 'internal/runtime/atomic', 'crypto/internal/fips140/sha256', 'crypto/md5', 'internal/bytealg', 'runtime/cgo', 'sync/atomic'];

test.skipIf(!goroot)('offsets named after a struct agree with the type of their register', () => {
  const checker = new Checker({ files: disk, parser, goroot: goroot?.path, minor: goroot?.minor ?? 26, moduleCache: undefined });
  let same = 0;
  const different: string[] = [];
  for (const folder of FOLDERS) {
    const directory = `${goroot?.path ?? ''}/src/${folder}`;
    for (const name of disk.list(directory) ?? []) {
      if (!/_(linux_)?(amd64|arm64|riscv64)\.s$/.test(name)) continue;
      const file = checker.read(`${directory}/${name}`, disk.read(`${directory}/${name}`) ?? '');
      const knowledge = checker.knowledge(directoryOf(file.source.path), file.target);
      for (const within of functionsOf(file)) {
        const flow = flowOf(within, file, knowledge);
        for (const statement of within.statements) {
          for (const operand of statement.operands) {
            const macro = operand.tokens[0]?.expansion?.macro;
            const define = macro?.definition && baseName(macro.definition.file.path) === 'go_asm.h' ? knowledge?.define(macro.name) : undefined;
            if (operand.kind !== 'memory' || !operand.base || define?.field === undefined) continue;
            const value = flow.before(statement)?.values.get(wholeRegister(operand.base.name, file.arch.family));
            const struct = value?.type && pointed(value.type, knowledge);
            if (struct?.kind !== 'named' || underlying(struct).kind !== 'struct') continue;
            if (struct.name === define.declaration) same++;
            else different.push(`${name}: ${define.name}(${operand.base.name}) in ${within.name}, which holds a *${struct.name} (${value?.text ?? ''})`);
          }
        }
      }
    }
  }
  expect(different).toEqual([]);
  expect(same).toBeGreaterThan(150);
});
