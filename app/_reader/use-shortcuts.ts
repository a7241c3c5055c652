'use client';
import { useEffect, useRef } from 'react';
import { matchShortcut, type ShortcutAction, type ShortcutState } from './shortcuts.ts';

/** Listens on the whole page; what is missing in `actions` does nothing. */
export function useShortcuts(actions: Partial<Record<ShortcutAction, () => void>>): void {
  const latest = useRef(actions);
  latest.current = actions;
  useEffect(() => {
    let state: ShortcutState;
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.repeat) return;
      const result = matchShortcut(state, {
        key: event.key,
        code: event.code,
        modified: event.ctrlKey || event.metaKey || event.altKey,
        typing: event.isComposing || takesKeys(event.target),
        at: event.timeStamp,
      });
      state = result.state;
      const run = result.action && latest.current[result.action];
      if (!run) return;
      event.preventDefault();
      run();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
}

/** Fields, terminals and open dialogs keep their keys. */
function takesKeys(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  if (document.querySelector('dialog[open]')) return true;
  return (
    target.closest('input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable], .xterm') !== null
  );
}
