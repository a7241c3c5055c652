'use client';
import { type KeyboardEvent, useRef } from 'react';
import type { TerminalDescription } from '../../lab-agent/contract/terminal.ts';
import { shortPodName } from '../_lessons/command-target.ts';
import { Icon } from '../_reader/icons.tsx';
import { named, useTerminalLabels } from './labels.ts';

type TabStripProps = {
  terminals: readonly TerminalDescription[];
  shown: readonly string[];
  focused: string | undefined;
  onShow(id: string): void;
  onClose(id: string): void;
};

/** A tab for each terminal: arrow keys move, Enter or Space shows, Delete closes. */
export function TabStrip({ terminals, shown, focused, onShow, onClose }: TabStripProps) {
  const labels = useTerminalLabels();
  const strip = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent, id: string) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (event.key === 'Delete') onClose(id);
    if (!step) return;
    event.preventDefault();
    const tabs = [...(strip.current?.querySelectorAll<HTMLElement>('[role=tab]') ?? [])];
    const at = tabs.indexOf(event.currentTarget as HTMLElement);
    tabs[(at + step + tabs.length) % tabs.length]?.focus();
  };
  return (
    <div ref={strip} role="tablist" aria-label={labels.terminals} className="flex min-w-0 flex-1 overflow-x-auto">
      {terminals.map(({ id, name, node, pod, exited }) => (
        <div
          key={id}
          role="presentation"
          className={`group flex shrink-0 items-center border-b-2 pr-1 ${
            id === focused ? 'border-accent bg-bg text-ink' : 'border-transparent text-muted hover:text-ink'
          } ${shown.includes(id) && id !== focused ? 'border-line-strong' : ''}`}
        >
          <button
            type="button"
            role="tab"
            aria-selected={shown.includes(id)}
            aria-controls={`terminal-pane-${id}`}
            title={
              pod &&
              `${named(pod.by === 'exec' ? labels.openExec : labels.openNetns, shortPodName(pod.name))} · ${node}`
            }
            tabIndex={id === focused ? 0 : -1}
            className={`py-1.5 pl-3 pr-1 font-mono text-[0.8125rem] ${exited ? 'line-through opacity-70' : ''}`}
            onClick={() => onShow(id)}
            onKeyDown={(event) => onKeyDown(event, id)}
          >
            {name}
          </button>
          <button
            type="button"
            tabIndex={-1}
            aria-label={named(labels.close, name)}
            title={named(labels.close, name)}
            className="rounded p-0.5 opacity-0 hover:bg-sunken focus-visible:opacity-100 group-hover:opacity-100"
            onClick={() => onClose(id)}
          >
            <Icon name="cross" className="size-3" />
          </button>
        </div>
      ))}
    </div>
  );
}
