// Entry of the runtime model: GoRuntime (Gs, Ms, Ps, sched, threads), values and expressions.
export * from './types';
export * from './value-types';
export { GoRuntime } from './runtime';
export type { SnapshotOptions } from './runtime';
export { goroutineStatusName, processorStatusName, stackGuardName } from './status';
export { RUNTIME_FIELDS, RUNTIME_VARIABLES } from './fields';
export { GoValues, DAP_LOAD } from './values';
export type { Assignment, EvalScope, PrintOptions } from './values';
