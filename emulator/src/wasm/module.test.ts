// Modules as V8 reads them: hints of branches stand where the branches are, and go with bodies into other modules.
import { describe, expect, it } from 'vitest';
import { Code, hintsOf } from './code';
import { ModuleBuilder, adoptMarks, linked } from './module';

const SIGNATURE = { parameters: ['i32'], results: ['i32'] } as const;

/** 1 for what is not 0: a hinted `if` behind bytes that are put in later, which move it. */
function hinted(): Code {
  const code = new Code(1), result = code.local('i32');
  code.insertLater(() => new Code(0).i32Const(7).localSet(result).view());
  code.i32Const(0).localSet(result);
  code.localGet(0).seldom(() => code.i32Const(1).localSet(result));
  code.insertLater(() => new Uint8Array());
  code.localGet(0).i32Const(100).i32Eq().hint(false).when(() => code.i32Const(2).localSet(result));
  return code.localGet(result);
}

/** Offsets in the body that hints name: a count, then offset, size and direction of each. Small ones only. */
const offsets = (body: Uint8Array) => { const hints = hintsOf.get(body)!; return Array.from({ length: hints[0]! }, (_, n) => hints[1 + 3 * n]!); };

describe('branch hints', () => {
  it('point at the branches', () => {
    const body = hinted().finish();
    // A size below 128 takes one byte, which offsets do not count.
    expect(offsets(body).map((at) => body[at + 1])).toEqual([0x04, 0x04]);
  });

  it('are read by V8 without complaint and change nothing', () => {
    const module = new ModuleBuilder();
    module.exportFunction('f', module.add(SIGNATURE, hinted()));
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.finish()));
    expect([0, 5, 100].map((n) => (exports['f'] as (n: number) => number)(n))).toEqual([0, 1, 2]);
  });

  it('are found again in a module', () => {
    const module = new ModuleBuilder();
    module.add(SIGNATURE, new Code(1).localGet(0));
    const first = hinted().finish(), second = new Code(1).localGet(0).finish(), third = hinted().finish();
    for (const body of [first, second, third]) module.define(module.declare(SIGNATURE), body);
    const wire = module.finish(), copies: Uint8Array[] = [];
    let at = wire.length;
    for (const body of [third, second, first]) copies.unshift(wire.subarray(at -= body.length, at + body.length));
    adoptMarks(wire, copies);
    expect(copies.map((body) => hintsOf.get(body))).toEqual([hintsOf.get(first), undefined, hintsOf.get(third)]);
  });
});

describe('links', () => {
  /** The place of the other function if it is in the module, plus what that gives; −1 if it is not. */
  function caller(target: number): Uint8Array {
    const code = new Code(1), result = code.local('i32');
    code.insertLater(() => new Code(0).i32Const(300).localSet(result).view());
    code.linkedConst(target).i32Const(99).i32Eq().if('i32');
    code.i32Const(-1).else().linkedConst(target).localGet(0).linkedCall(target).i32Add().end();
    return code.finish();
  }
  const hundredfold = () => new Code(1).localGet(0).i32Const(100).i32Mul().finish();
  function build(bodies: readonly Uint8Array[], places: ReadonlyMap<number, number>): Uint8Array<ArrayBuffer> {
    const module = new ModuleBuilder(), indices = bodies.map(() => module.declare(SIGNATURE));
    bodies.forEach((body, own) => module.define(indices[own]!, linked(body, (target, call) => (call ? indices[places.get(target) ?? own]! : places.get(target) ?? 99))));
    module.exportFunction('f', indices[0]!);
    return module.finish();
  }
  const call = (wire: Uint8Array<ArrayBuffer>) => (new WebAssembly.Instance(new WebAssembly.Module(wire)).exports['f'] as (value: number) => number)(7);
  const FAR = 0x7fff_1234_5678;

  it('lead to what is in the module, in another one too, and nowhere else', () => {
    const wire = build([caller(FAR), hundredfold(), hundredfold()], new Map([[FAR, 2]]));
    expect(call(wire)).toBe(702);
    // The bodies as they are found in the module's bytes: sizes stand before them.
    const bodies: Uint8Array[] = [];
    for (let end = wire.length, size = hundredfold().length; bodies.length < 2; end -= size) bodies.unshift(wire.subarray(end - size, end));
    const first = caller(FAR).length, rest = 2 * hundredfold().length;
    bodies.unshift(wire.subarray(wire.length - rest - first, wire.length - rest));
    adoptMarks(wire, bodies);
    expect(call(build([bodies[0]!, bodies[1]!], new Map([[FAR, 1]])))).toBe(701);
    expect(call(build([bodies[0]!], new Map()))).toBe(-1);
  });
});
