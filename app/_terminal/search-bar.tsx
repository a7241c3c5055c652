'use client';
import type { ISearchOptions, SearchAddon } from '@xterm/addon-search';
import { useEffect, useRef, useState } from 'react';
import { Icon } from '../_reader/icons.tsx';
import { useTerminalLabels } from './labels.ts';

const OPTIONS: ISearchOptions = {
  decorations: { matchOverviewRuler: '#b8860b', activeMatchColorOverviewRuler: '#d2691e', matchBorder: '#b8860b' },
};

/** A small bar over the terminal: what is typed is searched at once, upwards from the newest line. */
export function SearchBar({ search, onClose }: { search: SearchAddon; onClose(): void }) {
  const labels = useTerminalLabels();
  const input = useRef<HTMLInputElement>(null);
  const [results, setResults] = useState<{ index: number; count: number }>();
  useEffect(() => {
    input.current?.focus();
    const found = search.onDidChangeResults(({ resultIndex, resultCount }) =>
      setResults({ index: resultIndex, count: resultCount }),
    );
    return () => {
      found.dispose();
      search.clearDecorations();
    };
  }, [search]);
  const find = (direction: 'next' | 'previous') => {
    const text = input.current?.value ?? '';
    if (!text) search.clearDecorations();
    else if (direction === 'next') search.findNext(text, OPTIONS);
    else search.findPrevious(text, OPTIONS);
  };
  return (
    <search className="absolute top-1 right-3 z-10 flex items-center gap-1 rounded-md border border-line bg-surface px-1.5 py-1 shadow-sm">
      <input
        ref={input}
        type="text"
        aria-label={labels.search}
        placeholder={labels.search}
        className="w-40 bg-transparent px-1 text-ink text-sm outline-none"
        onChange={() => find('previous')}
        onKeyDown={(event) => {
          if (event.key === 'Enter') find(event.shiftKey ? 'next' : 'previous');
          if (event.key === 'Escape') onClose();
        }}
      />
      <span role="status" className="min-w-12 text-center text-muted text-xs tabular-nums">
        {results &&
          (results.count > 0 ? `${results.index + 1}/${results.count}` : input.current?.value && labels.searchNone)}
      </span>
      <BarButton label={labels.previous} icon="up" onClick={() => find('previous')} />
      <BarButton label={labels.next} icon="down" onClick={() => find('next')} />
      <BarButton label={labels.closeSearch} icon="cross" onClick={onClose} />
    </search>
  );
}

function BarButton({ label, icon, onClick }: { label: string; icon: 'up' | 'down' | 'cross'; onClick(): void }) {
  return (
    <button type="button" title={label} aria-label={label} className="button button-quiet p-1" onClick={onClick}>
      <Icon name={icon === 'up' ? 'down' : icon} className={icon === 'up' ? 'size-3.5 rotate-180' : 'size-3.5'} />
    </button>
  );
}
