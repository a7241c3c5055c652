import type { PodShell } from '../../lab-agent/contract/terminal.ts';
import { podNamed } from '../_lessons/command-target.ts';
import type { RunOutcome } from './run-command.ts';

/** A terminal that is on the page, as others may use it. */
export type RegisteredTerminal = {
  readonly session: string;
  readonly node: string;
  readonly pod?: PodShell | undefined;
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
  const pod = podNamed(where);
  if (pod) return terminals.findLast((t) => t.pod?.name === pod && t.pod.by === 'exec');
  return terminals.find((t) => t.session === where) ?? terminals.findLast((t) => t.node === where && !t.pod);
}

/** A terminal that somebody on the page wants: on a node, or in a pod on it. */
export type WantedTerminal = { node: string; pod?: PodShell | undefined };
let opener: ((wanted: WantedTerminal) => void) | undefined;

/** The panes that show terminals say here how one is opened. Returns what takes it back. */
export function registerOpener(open: (wanted: WantedTerminal) => void): () => void {
  opener = open;
  return () => {
    if (opener === open) opener = undefined;
  };
}

/** Asks for a terminal, which comes to the front. False while there is no lab to open it in. */
export function openTerminal(wanted: WantedTerminal): boolean {
  opener?.(wanted);
  return opener !== undefined;
}

/**
 * Runs a command in a session, or in the terminal of a node or a pod (`pod/pod1`) that was used last, and brings it to the front. Sent once or
 * not at all: `busy` when another command runs there (with `interrupt`, Ctrl-C goes first), `no-terminal` when there is none
 * or it is not connected.
 */
export function sendCommand(where: string, command: string, options: { interrupt?: boolean } = {}): RunOutcome {
  const terminal = find(where);
  if (!terminal) return 'no-terminal';
  terminal.show();
  return terminal.run(command, options);
}

/** A shell in a container is there once its image is: the time that people wait for a click to do something. */
const SENT_WITHIN_MS = 20_000;
const TRY_AGAIN_MS = 50;

/** As `sendCommand`, into a terminal that is being opened: once it is there. Resolves to what became of it. */
export async function sendWhenThere(where: string, command: string): Promise<RunOutcome> {
  const until = Date.now() + SENT_WITHIN_MS;
  for (;;) {
    const outcome = sendCommand(where, command);
    if (outcome !== 'no-terminal' || Date.now() > until) return outcome;
    await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_MS));
  }
}

/** Moves the keyboard into a terminal: the node's, the session's, or the one used last. */
export function focusTerminal(where?: string): boolean {
  const terminal = find(where);
  terminal?.show();
  terminal?.focus();
  return terminal !== undefined;
}
