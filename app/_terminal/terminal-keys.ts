import type { Terminal } from '@xterm/xterm';
import { changeFontSize } from './terminal-settings.ts';

/** Where F6 leads: the lesson's text. */
const TEXT_ID = 'text-main';

/**
 * Keys that are for the page and not for the shell; anything else passes. Ctrl-C, Ctrl-V and all that shells know stay the
 * shell's (⌘ does not reach it, so the browser's own copy and paste work on a Mac).
 * @returns false when xterm.js shall leave the key alone
 */
export function handleTerminalKeys(event: KeyboardEvent, terminal: Terminal, search: () => void): boolean {
  if (event.type !== 'keydown') return true;
  const action = actionOf(event);
  if (!action) return true;
  // Pasting is the browser's: it knows the clipboard without asking for leave, and xterm.js hears its paste event.
  if (action === 'paste') return false;
  event.preventDefault();
  event.stopPropagation();
  if (action === 'leave') leave(terminal);
  else if (action === 'search') search();
  else if (action === 'copy') void navigator.clipboard?.writeText(terminal.getSelection());
  else changeFontSize(action);
  return false;
}

type Action = 'leave' | 'search' | 'copy' | 'paste' | -1 | 0 | 1;

function actionOf({ key, code, ctrlKey, metaKey, shiftKey, altKey }: KeyboardEvent): Action | undefined {
  if (altKey) return undefined;
  if (key === 'F6' && !ctrlKey && !metaKey && !shiftKey) return 'leave';
  // With a Korean input method `key` is a Hangul letter; `code` is the place on the board.
  if (ctrlKey && shiftKey) {
    if (code === 'KeyF') return 'search';
    if (code === 'KeyC') return 'copy';
    if (code === 'KeyV') return 'paste';
  }
  if (metaKey && !ctrlKey && code === 'KeyF') return 'search';
  if (ctrlKey !== metaKey) {
    if (key === '+' || (key === '=' && !shiftKey)) return 1;
    if (key === '-' && !shiftKey) return -1;
    if (key === '0' && !shiftKey) return 0;
  }
  return undefined;
}

function leave(terminal: Terminal): void {
  terminal.blur();
  document.getElementById(TEXT_ID)?.focus();
}
