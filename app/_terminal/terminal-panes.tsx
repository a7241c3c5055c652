'use client';
import { useEffect, useRef, useState } from 'react';
import type { LabDescription, LivePod } from '../../lab-agent/contract/lab.ts';
import type { TerminalDescription } from '../../lab-agent/contract/terminal.ts';
import { Icon } from '../_reader/icons.tsx';
import { named, useTerminalLabels } from './labels.ts';
import { OpenMenu } from './open-menu.tsx';
import { type Arrival, emptyLayout, type PaneLayout, reconcile, show, split, unsplit } from './pane-layout.ts';
import { TabStrip } from './tab-strip.tsx';
import { TerminalMenu } from './terminal-menu.tsx';
import { terminalName } from './terminal-name.ts';
import { focusTerminal, registerOpener, type WantedTerminal } from './terminal-registry.ts';
import { TerminalView } from './terminal-view.tsx';

type TerminalPanesProps = {
  lab: Pick<LabDescription, 'id' | 'nodes'>;
  terminals: readonly TerminalDescription[];
  /** Pods of the lab's cluster, which have shells too. */
  pods: readonly LivePod[];
  /** Asks for a shell; it appears in `terminals`. */
  onOpen(wanted: WantedTerminal, name: string): void;
  onClose(id: string): void;
};

/** All terminals of a lab: a tab each, up to four in view beside or above each other. */
export function TerminalPanes({ lab, terminals, pods, onOpen, onClose }: TerminalPanesProps) {
  const labels = useTerminalLabels();
  const [layout, setLayout] = useState<PaneLayout>(emptyLayout);
  const known = useRef<ReadonlySet<string>>(new Set());
  const arrival = useRef<Arrival & { name: string }>(undefined);
  const shells = lab.nodes.filter((n) => n.shell).map((n) => n.name);

  useEffect(() => {
    const wanted = arrival.current;
    const arrived = wanted && terminals.find((t) => !known.current.has(t.id) && t.name === wanted.name);
    known.current = new Set(terminals.map((t) => t.id));
    if (arrived) arrival.current = undefined;
    setLayout((now) => reconcile(now, [...known.current], arrived?.id, arrived && wanted));
  }, [terminals]);

  const open = (wanted: WantedTerminal, direction?: PaneLayout['direction']) => {
    const name = terminalName(
      wanted,
      terminals.map((t) => t.name),
    );
    arrival.current = { split: direction, name };
    onOpen(wanted, name);
  };
  const opening = useRef(open);
  opening.current = open;
  useEffect(() => registerOpener((wanted) => opening.current(wanted)), []);
  const showTerminal = (id: string) => {
    setLayout((now) => show(now, id));
    // After React has made it visible: a hidden element takes no focus.
    requestAnimationFrame(() => focusTerminal(id));
  };
  const splitView = (direction: PaneLayout['direction']) => {
    if (layout.shown.length > 1 && layout.direction !== direction) return setLayout({ ...layout, direction });
    const hidden = terminals.find((t) => !layout.shown.includes(t.id));
    if (hidden) return setLayout((now) => split(now, hidden.id, direction));
    const [first] = shells;
    const wanted = terminals.find((t) => t.id === layout.focused) ?? (first && { node: first });
    if (wanted) open(wanted, direction);
  };
  const many = layout.shown.length > 1;

  return (
    <section aria-label={labels.terminals} className="@container flex h-full min-h-0 flex-col">
      <div className="flex items-stretch gap-0.5 border-line border-b bg-sunken pr-1">
        <TabStrip
          terminals={terminals}
          shown={layout.shown}
          focused={layout.focused}
          onShow={showTerminal}
          onClose={onClose}
        />
        <div className="flex items-center">
          <OpenMenu nodes={shells} pods={pods} onOpen={open} />
          <SplitButton label={labels.beside} direction="row" onClick={splitView} />
          <SplitButton label={labels.below} direction="column" onClick={splitView} />
          <TerminalMenu />
        </div>
      </div>
      <div className={`flex min-h-0 flex-1 gap-px bg-line ${layout.direction === 'row' ? 'flex-row' : 'flex-col'}`}>
        {terminals.map((terminal) => {
          const { id, name } = terminal;
          const at = layout.shown.indexOf(id);
          return (
            <div
              key={id}
              id={`terminal-pane-${id}`}
              role="tabpanel"
              aria-label={named(labels.terminal, name)}
              hidden={at < 0}
              style={{ order: at }}
              className={at < 0 ? 'hidden' : 'flex min-h-0 min-w-0 flex-1 flex-col'}
            >
              {many && (
                <div className="flex items-center justify-between bg-surface px-2 text-muted text-xs">
                  <span className={`font-mono ${id === layout.focused ? 'text-ink' : ''}`}>{name}</span>
                  <button
                    type="button"
                    aria-label={named(labels.unsplit, name)}
                    title={named(labels.unsplit, name)}
                    className="rounded p-1 hover:bg-sunken"
                    onClick={() => setLayout((now) => unsplit(now, id))}
                  >
                    <Icon name="cross" className="size-3" />
                  </button>
                </div>
              )}
              <div className="min-h-0 flex-1">
                <TerminalView
                  terminal={terminal}
                  visible={at >= 0}
                  onShow={() => setLayout((now) => show(now, id))}
                  onFocus={() => setLayout((now) => (now.focused === id ? now : show(now, id)))}
                  onAnew={() => {
                    onClose(id);
                    open(terminal);
                  }}
                />
              </div>
            </div>
          );
        })}
        {terminals.length === 0 && (
          <div className="grid flex-1 place-items-center bg-bg text-muted text-sm">
            <div className="grid justify-items-center gap-3">
              <p>{labels.none}</p>
              <div className="flex flex-wrap justify-center gap-2">
                {shells.map((node) => (
                  <button key={node} type="button" className="button" onClick={() => open({ node })}>
                    {named(labels.openOn, node)}
                  </button>
                ))}
              </div>
            </div>
          </div>
        )}
      </div>
    </section>
  );
}

type SplitButtonProps = {
  label: string;
  direction: PaneLayout['direction'];
  onClick(d: PaneLayout['direction']): void;
};

function SplitButton({ label, direction, onClick }: SplitButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className="button button-quiet p-1.5"
      onClick={() => onClick(direction)}
    >
      <svg
        viewBox="0 0 16 16"
        aria-hidden="true"
        className="size-4"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
      >
        <path d={direction === 'row' ? 'M2.5 3h11v10h-11zM8 3v10' : 'M2.5 3h11v10h-11zM2.5 8h11'} />
      </svg>
    </button>
  );
}
