import type { ShellState } from '../../lab-agent/contract/terminal.ts';

/** How long the prompt may take to come back after Ctrl-C. */
const INTERRUPT_MS = 3000;
const POLL_MS = 25;

export type CommandTarget = {
  readonly shell: ShellState;
  readonly live: boolean;
  /** Whether the shell asked for bracketed pastes. */
  readonly bracketedPaste: boolean;
  type(text: string): boolean;
};

/** `sent` also when it is sent once an interrupted command has ended. */
export type RunOutcome = 'sent' | 'busy' | 'no-terminal';

/**
 * Runs a command at the shell's prompt, once. Before the shell has ever said that it shows a prompt, the command is sent as
 * typing ahead would be.
 */
export function runCommand(target: CommandTarget, command: string, { interrupt = false } = {}): RunOutcome {
  if (!target.live) return 'no-terminal';
  if (target.shell === 'prompt' || target.shell === 'unknown') return send(target, command) ? 'sent' : 'no-terminal';
  if (!interrupt) return 'busy';
  target.type('\x03');
  const until = Date.now() + INTERRUPT_MS;
  const timer = setInterval(() => {
    const ready = target.shell === 'prompt';
    if (ready || Date.now() > until || !target.live) clearInterval(timer);
    if (ready) send(target, command);
  }, POLL_MS);
  return 'sent';
}

function send(target: CommandTarget, command: string): boolean {
  // Nothing in a lesson's command may end the paste or move the cursor.
  const text = command
    .replace(/\r\n?/g, '\n')
    .replace(/\p{Cc}/gu, (c) => (c === '\n' || c === '\t' ? c : ''))
    .trim();
  if (!text) return false;
  // What stands on the line already is cleared: to its end, then back to its beginning.
  const clear = target.shell === 'prompt' ? '\x05\x15' : '';
  const many = /[\n\t]/.test(text);
  const body = many && target.bracketedPaste ? `\x1b[200~${text}\x1b[201~` : text.replaceAll('\n', '\r');
  return target.type(`${clear}${body}\r`);
}
