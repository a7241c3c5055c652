'use client';
import { useEffect, useRef, useState } from 'react';
import { sendCommand } from '../_terminal/terminal-registry.ts';
import { useShowLab } from './split-view.tsx';

export type RunState = 'idle' | 'sent' | 'busy' | 'no-terminal';

/** How long "sent" is shown. */
const SENT_MS = 2500;

/** Runs commands in a node's terminal at a click, and at nothing else: a reconnect or a new render never sends again. */
export function useRunCommand(node: string): { state: RunState; run(command: string, interrupt?: boolean): void } {
  const [state, setState] = useState<RunState>('idle');
  const showLab = useShowLab();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const run = (command: string, interrupt = false) => {
    clearTimeout(timer.current);
    const outcome = sendCommand(node, command, { interrupt });
    setState(outcome);
    if (outcome !== 'sent') return;
    timer.current = setTimeout(() => setState('idle'), SENT_MS);
    showLab();
  };
  return { state, run };
}
