// Follows the debug sessions of gobuf: which one is looked at, whether it is stopped, and at which moment.
// Must stay true: `onDidChange` fires once per stop, per start of running, and when the session changes or ends.

import * as vscode from 'vscode';
import type { GobufRequests, Moment } from '../../../debug-adapter/src/dap/protocol';

export interface View {
  session: vscode.DebugSession | undefined;
  stopped: boolean;
  /** This is the session's first stop. */
  first: boolean;
  moment: Moment | undefined;
  /** DAP thread that stopped. */
  thread: number | undefined;
}

interface State { stopped: boolean; stops: number; moment: Moment | undefined; thread: number | undefined }
interface Message { type?: string; event?: string; command?: string; success?: boolean; body?: { threadId?: number } & Partial<Moment> }

/** VS Code is at a stop long before, unless it will never be. */
const FOCUS_MS = 1500;
const MOVES = new Set(['continue', 'next', 'stepIn', 'stepOut', 'stepBack', 'reverseContinue', 'restart', 'gobuf/reverseStep', 'gobuf/goTo', 'gobuf/runTo', 'gobuf/runToEvent', 'gobuf/tourStep']);

export class Sessions implements vscode.Disposable {
  readonly #states = new Map<string, State>();
  readonly #changed = new vscode.EventEmitter<View>();
  readonly onDidChange = this.#changed.event;
  readonly #ended = new Set<string>();
  #awaited: NodeJS.Timeout | undefined;
  readonly #disposables: vscode.Disposable[];

  constructor() {
    this.#disposables = [
      this.#changed,
      vscode.debug.registerDebugAdapterTrackerFactory('gobuf', { createDebugAdapterTracker: (session) => this.#track(session) }),
      vscode.debug.onDidChangeActiveDebugSession(() => this.#fire()),
      vscode.debug.onDidChangeActiveStackItem((item) => { if (item && this.#states.has(item.session.id)) clearTimeout(this.#awaited); }),
      vscode.debug.onDidTerminateDebugSession((session) => { this.#ended.add(session.id); if (this.#states.delete(session.id)) this.#fire(); }),
    ];
  }

  get view(): View {
    const session = vscode.debug.activeDebugSession;
    const state = session && this.#states.get(session.id);
    return session?.type === 'gobuf' && state ? { session, ...state, first: state.stops === 1 } : { session: undefined, stopped: false, first: false, moment: undefined, thread: undefined };
  }

  /** One of gobuf's own requests to the session that is looked at. */
  request<C extends keyof GobufRequests>(command: C, args: GobufRequests[C][0]): Thenable<GobufRequests[C][1]> {
    const { session } = this.view;
    if (!session) return Promise.reject(new Error(vscode.l10n.t('No program is being debugged with gobuf.')));
    return session.customRequest(command, args);
  }

  #track(session: vscode.DebugSession): vscode.DebugAdapterTracker {
    const state: State = { stopped: false, stops: 0, moment: undefined, thread: undefined };
    this.#states.set(session.id, state);
    return {
      onDidSendMessage: (message: Message) => {
        if (message.type === 'event') {
          // `stopped` comes first, `gobuf/moment` with the instruction number right after it: one change for both.
          if (message.event === 'stopped') state.thread = message.body?.threadId;
          else if (message.event === 'gobuf/moment') { state.stopped = true; state.stops++; state.moment = message.body as Moment; this.#awaitFocus(session.id, state); this.#fire(); } else if (message.event === 'continued') this.#running(state);
        } else if (message.type === 'response' && message.success && MOVES.has(message.command ?? '')) this.#running(state);
      },
      onExit: () => { this.#states.delete(session.id); this.#fire(); },
    };
  }
  /**
   * A session that ends while VS Code opens the file of its stop gets VS Code's focus after its end, and keeps it: no stop of a later session
   * would be shown, here or in VS Code's own views (`focusStackFrame` in its debugService.ts sets the focus after the file has opened). VS Code
   * is led to a session that goes on then.
   */
  #awaitFocus(id: string, state: State): void {
    const { stops } = state;
    clearTimeout(this.#awaited);
    if (this.#ended.size === 0) return;
    this.#awaited = setTimeout(() => {
      const active = vscode.debug.activeDebugSession?.id;
      if (state.stopped && state.stops === stops && (active === undefined || active === id || this.#ended.has(active))) void vscode.commands.executeCommand('workbench.action.debug.focusProcess');
    }, FOCUS_MS);
  }
  #running(state: State): void {
    if (!state.stopped) return;
    state.stopped = false;
    this.#fire();
  }
  #fire(): void { this.#changed.fire(this.view); }
  dispose(): void { clearTimeout(this.#awaited); for (const each of this.#disposables) each.dispose(); }
}
