'use client';
import { useEffect, useRef, useState } from 'react';
import type { TerminalDescription } from '../../lab-agent/contract/terminal.ts';
import { named, useTerminalLabels } from './labels.ts';
import { type LiveTerminal, openTerminal } from './live-terminal.ts';
import { SearchBar } from './search-bar.tsx';
import { TerminalBanner } from './terminal-banner.tsx';

/** How long it is said that typed keys were not sent. */
const DROPPED_MS = 3000;

type TerminalViewProps = {
  terminal: TerminalDescription;
  visible: boolean;
  /** Brings it to the front. */
  onShow(): void;
  onFocus(): void;
  /** Opens another one on the same node, after this has ended. */
  onAnew(): void;
};

/** One terminal session on screen. It stays mounted while hidden: its screen and its connection go on. */
export function TerminalView({ terminal, visible, onShow, onFocus, onAnew }: TerminalViewProps) {
  const labels = useTerminalLabels();
  const element = useRef<HTMLDivElement>(null);
  const [live, setLive] = useState<LiveTerminal>();
  const [failed, setFailed] = useState(false);
  const [status, setStatus] = useState<LiveTerminal['connection']['status']>({ status: 'connecting' });
  const [dropped, setDropped] = useState(0);
  const [searching, setSearching] = useState(false);
  const latest = useRef({ onShow, onFocus });
  latest.current = { onShow, onFocus };
  const { id, lab, node } = terminal;
  // Told anew with every list of terminals, and never another for the same one.
  const pod = useRef(terminal.pod);

  useEffect(() => {
    const at = element.current;
    if (!at) return;
    let opened: LiveTerminal | undefined;
    let left = false;
    openTerminal(
      at,
      { id, lab, node, pod: pod.current },
      {
        status: setStatus,
        dropped: () => setDropped(Date.now()),
        search: () => setSearching(true),
        show: () => latest.current.onShow(),
        focused: () => latest.current.onFocus(),
        left: () => left,
      },
    ).then(
      (one) => {
        opened = one;
        setLive(one);
      },
      () => setFailed(true),
    );
    return () => {
      left = true;
      opened?.dispose();
    };
  }, [id, lab, node]);

  useEffect(() => live?.screen.setVisible(visible), [live, visible]);
  useEffect(() => {
    // The keyboard is in xterm.js' own field: there the way out must be told.
    const field = live?.screen.terminal.textarea;
    field?.setAttribute('aria-label', named(labels.terminal, terminal.name));
    field?.setAttribute('aria-description', labels.leave);
  }, [live, labels, terminal.name]);
  useEffect(() => {
    if (!dropped) return;
    const timer = setTimeout(() => setDropped(0), DROPPED_MS);
    return () => clearTimeout(timer);
  }, [dropped]);

  return (
    // biome-ignore lint/a11y/useSemanticElements: a section would be a landmark, and there are many of these
    <div
      role="group"
      aria-label={named(labels.terminal, terminal.name)}
      className="relative h-full min-h-0 bg-[var(--terminal-bg)] [--terminal-bg:light-dark(#fbfbfa,#0d0f11)]"
      data-terminal={id}
      data-node={node}
      data-pod={terminal.pod?.name}
      data-status={status.status}
      data-ready={live ? '' : undefined}
    >
      <div ref={element} className="absolute inset-0 overflow-hidden py-1 pl-2" />
      {!live && (
        <p className="absolute inset-0 grid place-items-center text-muted text-sm" role="status">
          {failed ? labels.failed : labels.loading}
        </p>
      )}
      {live && searching && (
        <SearchBar
          search={live.screen.search}
          onClose={() => {
            setSearching(false);
            live.screen.terminal.focus();
          }}
        />
      )}
      {live && (
        <TerminalBanner status={status} dropped={dropped > 0} onRetry={() => live.connection.retry()} onAnew={onAnew} />
      )}
    </div>
  );
}
