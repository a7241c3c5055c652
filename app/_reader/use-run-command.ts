'use client';
import { useEffect, useRef, useState } from 'react';
import { useLab } from '../_lab/lab-provider.tsx';
import { podNamed } from '../_lessons/command-target.ts';
import { openTerminal, sendCommand, sendWhenThere } from '../_terminal/terminal-registry.ts';
import { useShowLab } from './split-view.tsx';

export type RunState = 'idle' | 'opening' | 'sent' | 'busy' | 'no-terminal' | 'no-pod';

/** How long "sent" is shown. */
const SENT_MS = 2500;

/**
 * Runs commands in a terminal of a node, or of a pod (`pod/pod1`), at a click, and at nothing else: a reconnect or a new
 * render never sends again. A pod's terminal is opened when there is none.
 */
export function useRunCommand(where: string): { state: RunState; run(command: string, interrupt?: boolean): void } {
  const [state, setState] = useState<RunState>('idle');
  const showLab = useShowLab();
  const pods = useLab((s) => s.pods);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const settle = (outcome: RunState) => {
    setState(outcome);
    if (outcome === 'sent') timer.current = setTimeout(() => setState('idle'), SENT_MS);
    if (outcome === 'sent' || outcome === 'opening') showLab();
  };
  const run = (command: string, interrupt = false) => {
    // The first click still waits for its shell.
    if (state === 'opening') return;
    clearTimeout(timer.current);
    const outcome = sendCommand(where, command, { interrupt });
    const name = podNamed(where);
    if (outcome !== 'no-terminal' || name === undefined) return settle(outcome);
    const pod = pods.find((one) => one.name === name);
    if (!pod) return settle('no-pod');
    if (!openTerminal({ node: pod.node, pod: { name, by: 'exec' } })) return settle('no-terminal');
    settle('opening');
    void sendWhenThere(where, command).then(settle);
  };
  return { state, run };
}
