import type { RunOutcome } from './run-command.ts';

/** A terminal that is on the page, as others may use it. */
export type RegisteredTerminal = {
  readonly session: string;
  readonly node: string;
  /** Brings it to the front. */
  show(): void;
  focus(): void;
  run(command: string, options: { interrupt?: boolean }): RunOutcome;
};

/** The page's terminals, the one used last at the end. Small on purpose: the lesson's text imports it, xterm.js comes later. */
let terminals: RegisteredTerminal[] = [];

/** Returns what takes it out again. */
export function registerTerminal(terminal: RegisteredTerminal): () => void {
  terminals.unshift(terminal);
  return () => {
    terminals = terminals.filter((t) => t !== terminal);
  };
}

/** The terminal that was used last is the one that commands for its node go to. */
export function markUsed(terminal: RegisteredTerminal): void {
  if (!terminals.includes(terminal)) return;
  terminals = [...terminals.filter((t) => t !== terminal), terminal];
}

function find(where: string | undefined): RegisteredTerminal | undefined {
  if (where === undefined) return terminals.at(-1);
  return terminals.find((t) => t.session === where) ?? terminals.findLast((t) => t.node === where);
}

/**
 * Runs a command in a session, or in the terminal of a node that was used last, and brings it to the front. Sent once or
 * not at all: `busy` when another command runs there (with `interrupt`, Ctrl-C goes first), `no-terminal` when there is none
 * or it is not connected.
 */
export function sendCommand(where: string, command: string, options: { interrupt?: boolean } = {}): RunOutcome {
  const terminal = find(where);
  if (!terminal) return 'no-terminal';
  terminal.show();
  return terminal.run(command, options);
}

/** Moves the keyboard into a terminal: the node's, the session's, or the one used last. */
export function focusTerminal(where?: string): boolean {
  const terminal = find(where);
  terminal?.show();
  terminal?.focus();
  return terminal !== undefined;
}
