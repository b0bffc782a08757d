// The shape of a request handler and of the tables that the files by subject export: commands with the capabilities they stand for.
// Must stay true: a capability is declared beside the handlers that fulfil it, nowhere else.

import type { DebugProtocol as DAP } from '@vscode/debugprotocol';
import type { Arguments } from './arguments';
import type { GobufRequests, LaunchArguments } from './protocol';
import type { Session } from './session';

type Body<R extends { body?: unknown }> = NonNullable<R['body']>;
type None = Record<string, never>;

/** Requests of the specification that are answered: name → [arguments, body]. */
export interface StandardRequests {
  initialize: [DAP.InitializeRequestArguments, DAP.Capabilities];
  launch: [DAP.LaunchRequestArguments & LaunchArguments, void];
  attach: [DAP.AttachRequestArguments, void];
  restart: [DAP.RestartArguments, void];
  disconnect: [DAP.DisconnectArguments, void];
  terminate: [DAP.TerminateArguments, void];
  configurationDone: [DAP.ConfigurationDoneArguments, void];
  cancel: [DAP.CancelArguments, void];
  setBreakpoints: [DAP.SetBreakpointsArguments, Body<DAP.SetBreakpointsResponse>];
  setFunctionBreakpoints: [DAP.SetFunctionBreakpointsArguments, Body<DAP.SetFunctionBreakpointsResponse>];
  setInstructionBreakpoints: [DAP.SetInstructionBreakpointsArguments, Body<DAP.SetInstructionBreakpointsResponse>];
  setDataBreakpoints: [DAP.SetDataBreakpointsArguments, Body<DAP.SetDataBreakpointsResponse>];
  dataBreakpointInfo: [DAP.DataBreakpointInfoArguments, Body<DAP.DataBreakpointInfoResponse>];
  setExceptionBreakpoints: [DAP.SetExceptionBreakpointsArguments, Body<DAP.SetExceptionBreakpointsResponse>];
  breakpointLocations: [DAP.BreakpointLocationsArguments, Body<DAP.BreakpointLocationsResponse>];
  exceptionInfo: [DAP.ExceptionInfoArguments, Body<DAP.ExceptionInfoResponse>];
  continue: [DAP.ContinueArguments, Body<DAP.ContinueResponse>];
  next: [DAP.NextArguments, void];
  stepIn: [DAP.StepInArguments, void];
  stepInTargets: [DAP.StepInTargetsArguments, Body<DAP.StepInTargetsResponse>];
  stepOut: [DAP.StepOutArguments, void];
  stepBack: [DAP.StepBackArguments, void];
  reverseContinue: [DAP.ReverseContinueArguments, void];
  pause: [DAP.PauseArguments, void];
  gotoTargets: [DAP.GotoTargetsArguments, Body<DAP.GotoTargetsResponse>];
  goto: [DAP.GotoArguments, void];
  restartFrame: [DAP.RestartFrameArguments, void];
  threads: [None, Body<DAP.ThreadsResponse>];
  stackTrace: [DAP.StackTraceArguments, Body<DAP.StackTraceResponse>];
  scopes: [DAP.ScopesArguments, Body<DAP.ScopesResponse>];
  variables: [DAP.VariablesArguments, Body<DAP.VariablesResponse>];
  setVariable: [DAP.SetVariableArguments, Body<DAP.SetVariableResponse>];
  setExpression: [DAP.SetExpressionArguments, Body<DAP.SetExpressionResponse>];
  evaluate: [DAP.EvaluateArguments, Body<DAP.EvaluateResponse>];
  completions: [DAP.CompletionsArguments, Body<DAP.CompletionsResponse>];
  disassemble: [DAP.DisassembleArguments, Body<DAP.DisassembleResponse>];
  readMemory: [DAP.ReadMemoryArguments, Body<DAP.ReadMemoryResponse>];
  writeMemory: [DAP.WriteMemoryArguments, Body<DAP.WriteMemoryResponse>];
  source: [DAP.SourceArguments, Body<DAP.SourceResponse>];
  loadedSources: [DAP.LoadedSourcesArguments, Body<DAP.LoadedSourcesResponse>];
  modules: [DAP.ModulesArguments, Body<DAP.ModulesResponse>];
}

export type Requests = StandardRequests & GobufRequests;
export type Command = keyof Requests;

/** What a handler is told about the request it answers. */
export interface RequestContext {
  /** Runs once the response has been sent: events that must follow it, and running the guest. */
  after(work: () => void): void;
}

/** `never` where the table of arguments would refuse what the protocol allows. */
type Checked<C extends Command> = Requests[C][0] extends Arguments<C> ? Arguments<C> : never;

export type Handlers = {
  [C in Command]?: (session: Session, args: Checked<C>, context: RequestContext) => Requests[C][1] | Promise<Requests[C][1]>;
};

/** One subject: its handlers and what `initialize` says because of them. */
export interface Subject {
  capabilities: DAP.Capabilities & Record<string, unknown>;
  handlers: Handlers;
}

/** An error whose sentence goes to the user; `quiet` ones are not shown in a dialog. */
export class RequestError extends Error {
  constructor(message: string, readonly quiet = true, readonly cancelled = false) { super(message); }
}
