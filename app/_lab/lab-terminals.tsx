'use client';
import dynamic from 'next/dynamic';
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
  const { openTerminal, closeTerminal } = useLabActions();
  if (!lab) return null;
  return <TerminalPanes lab={lab} terminals={terminals} onOpen={openTerminal} onClose={closeTerminal} />;
}
