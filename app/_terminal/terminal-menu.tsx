'use client';
import { useRef } from 'react';
import { Icon } from '../_reader/icons.tsx';
import { useTerminalLabels } from './labels.ts';
import { changeFontSize, changeTerminalSettings, useTerminalSettings } from './terminal-settings.ts';

/** Text size and screen reader mode: a disclosure, so that it works by keyboard without more. */
export function TerminalMenu() {
  const labels = useTerminalLabels();
  const { fontSize, screenReader } = useTerminalSettings();
  const details = useRef<HTMLDetailsElement>(null);
  const close = () => {
    if (details.current) details.current.open = false;
  };
  return (
    <details
      ref={details}
      className="relative"
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        close();
        details.current?.querySelector('summary')?.focus();
      }}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) close();
      }}
    >
      <summary aria-label={labels.menu} title={labels.menu} className="button button-quiet list-none p-1.5">
        <Icon name="more" />
      </summary>
      <div className="absolute top-full right-0 z-20 mt-1 grid w-60 gap-2 rounded-lg border border-line bg-surface p-3 text-sm shadow-lg">
        <div className="flex items-center gap-1">
          <button type="button" className="button" aria-label={labels.smaller} onClick={() => changeFontSize(-1)}>
            A−
          </button>
          <button
            type="button"
            className="button flex-1 justify-center tabular-nums"
            aria-label={labels.usual}
            onClick={() => changeFontSize(0)}
          >
            {fontSize} px
          </button>
          <button type="button" className="button" aria-label={labels.larger} onClick={() => changeFontSize(1)}>
            A+
          </button>
        </div>
        <label className="flex items-center gap-2">
          <input
            type="checkbox"
            checked={screenReader}
            onChange={(event) => changeTerminalSettings({ screenReader: event.target.checked })}
          />
          {labels.screenReader}
        </label>
        <p className="text-muted text-xs leading-relaxed">{labels.leave}</p>
      </div>
    </details>
  );
}
