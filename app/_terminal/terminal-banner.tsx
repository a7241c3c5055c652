'use client';
import type { TerminalStatus } from './connection.ts';
import { named, useTerminalLabels } from './labels.ts';

type TerminalBannerProps = { status: TerminalStatus; dropped: boolean; onRetry(): void; onAnew(): void };

/**
 * A thin line that says why the terminal does not answer; nothing while it does. At the top, over the oldest line: the prompt
 * stays in sight, and the shell is not resized for it.
 */
export function TerminalBanner({ status, dropped, onRetry, onAnew }: TerminalBannerProps) {
  const labels = useTerminalLabels();
  const text = textOf(status, dropped, labels);
  const over = status.status === 'exited' || status.status === 'gone';
  return (
    <div role="status" className="pointer-events-none absolute inset-x-0 top-0 z-10">
      {text && (
        <div className="pointer-events-auto flex items-center gap-3 border-line border-b bg-surface px-3 py-1 text-muted text-xs">
          {!over && <span aria-hidden="true" className="pulse size-2 shrink-0 rounded-full bg-[var(--warn)]" />}
          <span className={dropped && !over ? 'text-[var(--warn)]' : undefined}>{text}</span>
          {status.status === 'reconnecting' && (
            <button type="button" className="ml-auto whitespace-nowrap text-accent underline" onClick={onRetry}>
              {labels.retry}
            </button>
          )}
          {over && (
            <button type="button" className="ml-auto whitespace-nowrap text-accent underline" onClick={onAnew}>
              {labels.anew}
            </button>
          )}
        </div>
      )}
    </div>
  );
}

function textOf(status: TerminalStatus, dropped: boolean, labels: ReturnType<typeof useTerminalLabels>): string {
  switch (status.status) {
    case 'live':
      return '';
    case 'exited':
      return status.code ? named(labels.exitedWith, String(status.code)) : labels.exited;
    case 'gone':
      return labels.gone;
    default:
      return dropped ? labels.dropped : labels[status.status];
  }
}
