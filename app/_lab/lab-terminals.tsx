'use client';
import dynamic from 'next/dynamic';
import { useMemo } from 'react';
import type { LabDescription } from '../../lab-agent/contract/lab.ts';
import type { TerminalDescription } from '../../lab-agent/contract/terminal.ts';
import { useText } from '../_languages/language-provider.tsx';
import { useLab, useLabActions } from './lab-provider.tsx';

/** xterm.js is a third of a megabyte: it comes once there is a lab to show. */
const TerminalPanes = dynamic(() => import('../_terminal/terminal-panes.tsx').then((m) => m.TerminalPanes), {
  ssr: false,
  loading: () => <Loading />,
});

function Loading() {
  const t = useText();
  return <p className="grid h-full place-items-center text-muted text-sm">{t('app.loading')}</p>;
}

/** The lab's terminals; nothing before there is a lab. */
export function LabTerminals() {
  const lab = useLab((s) => s.lab);
  const terminals = useLab((s) => s.terminals);
  const pods = useLab((s) => s.pods);
  const ordered = useMemo(() => inOrder(lab, terminals), [lab, terminals]);
  const { openTerminal, closeTerminal } = useLabActions();
  if (!lab) return null;
  return <TerminalPanes lab={lab} terminals={ordered} pods={pods} onOpen={openTerminal} onClose={closeTerminal} />;
}

/** The first terminal of each node, all opened at once, in the order of the topology; then those that were opened later. */
function inOrder(lab: LabDescription | undefined, terminals: readonly TerminalDescription[]): TerminalDescription[] {
  const nodes = lab?.nodes.map((n) => n.name) ?? [];
  const rank = ({ name, pod }: TerminalDescription) =>
    nodes.includes(name) && !pod ? nodes.indexOf(name) : nodes.length;
  return terminals.toSorted((a, b) => rank(a) - rank(b));
}
