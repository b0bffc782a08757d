// Data breakpoints: a watch on any range of memory, given by an expression, a variable on the screen, or an address.
// Must stay true: a dataId says everything needed to set the watch again in another session of the same program.

import { fromAssembly } from './evaluate';
import { type Handlers, RequestError, type Subject } from './handler';
import type { Container, Engine } from './session';
import { hex, parseReference, sentence } from './text';

type DataId = { expression: string; address: number; size: number } | { register: string };
type Access = 'read' | 'write' | 'readWrite';
const held = new WeakMap<Engine, { key: string; id: number }[]>();

function parse(dataId: string): DataId {
  const register = /^register (\w+)$/.exec(dataId);
  if (register) return { register: register[1]! };
  const match = /^(0x[0-9a-f]+)\/(\d+) ?(.*)$/s.exec(dataId);
  if (!match) throw new RequestError(`${JSON.stringify(dataId)} is not a dataId of gobuf.`);
  return { address: Number(match[1]), size: Number(match[2]), expression: match[3] ?? '' };
}

function childOf(container: Container | undefined, name: string): { name?: string; address?: number; size?: number; evaluateName?: string } | undefined {
  const list = container?.kind === 'scope' ? container.variables() : container?.variable.children?.();
  return list?.find((variable) => variable.name === name);
}

const REGISTER = /^(r[a-d]x|r[sd]i|r[sb]p|r(8|9|1[0-5])|rflags|[xy](mm)?\d+|cf|pf|af|zf|sf|df|of|fs_base|gs_base|mxcsr)$/i;
export const registerIn = (found: { name?: string; evaluateName?: string }): string | undefined => [found.evaluateName, found.name].find((name) => name !== undefined && REGISTER.test(name))?.toLowerCase();

const handlers: Handlers = {
  dataBreakpointInfo(session, { name, variablesReference, frameId, bytes, asAddress }) {
    const engine = session.stopped;
    const accessTypes: Access[] = ['read', 'write', 'readWrite'];
    const offer = (address: number, size: number, expression: string) => ({ dataId: `${hex(address)}/${size} ${expression}`, description: `${expression} (${size} bytes at ${hex(address)})`, accessTypes, canPersist: false });
    if (asAddress) {
      const address = parseReference(name);
      return offer(address, bytes ?? 8, hex(address));
    }
    let found: { name?: string; address?: number; size?: number; evaluateName?: string } | undefined;
    try {
      found = variablesReference ? childOf(session.containers.get(variablesReference), name) : engine.evaluate(fromAssembly(name), frameId === undefined ? undefined : session.frames.get(frameId)?.frame, frameId === undefined ? undefined : session.frames.get(frameId)?.thread);
    } catch (error) { return { dataId: null, description: sentence(error) }; }
    if (!found) return { dataId: null, description: `${name} is not on the screen any more.` };
    const register = found.address === undefined ? registerIn(found) : undefined;
    if (register) return { dataId: `register ${register}`, description: `${register} of this thread: every instruction is looked at, so the program runs much slower`, accessTypes: ['write'], canPersist: false };
    if (found.address === undefined) return { dataId: null, description: `${name} does not lie in memory, so nothing can be watched.` };
    return offer(found.address, bytes ?? (found.size || 8), found.evaluateName ?? name);
  },
  setDataBreakpoints(session, { breakpoints }) {
    const { engine } = session;
    const before = held.get(session.engine) ?? [], after: { key: string; id: number }[] = [];
    const keys = breakpoints.map((point) => JSON.stringify([point.dataId, point.accessType, point.condition, point.hitCondition]));
    for (const { key, id } of before) if (!keys.includes(key)) { try { engine.clearBreakpoint(id); } catch { /* cleared by the terminal */ } }
    const answers = breakpoints.map((point, index) => {
      const key = keys[index]!;
      try {
        const kept = before.find((old) => old.key === key && !after.includes(old));
        const id = kept?.id ?? (() => {
          const what = parse(point.dataId);
          if ('register' in what && (point.accessType ?? 'write') !== 'write') throw new RequestError('Of a register only changes can be watched.');
          const view = 'register' in what ? engine.watchRegister(what.register, undefined, point.condition || undefined) : engine.watch({ address: what.address, size: what.size }, point.accessType ?? 'write', point.condition || undefined);
          if (point.hitCondition) engine.amendBreakpoint(view.id, { hitCondition: point.hitCondition });
          return view.id;
        })();
        after.push(kept ?? { key, id });
        session.breakpointKinds.set(id, 'data');
        return { id, verified: true };
      } catch (error) { return { verified: false, message: sentence(error) }; }
    });
    held.set(session.engine, after);
    return { breakpoints: answers };
  },
};

export const dataBreakpoints: Subject = { capabilities: { supportsDataBreakpoints: true, supportsDataBreakpointBytes: true }, handlers };
