'use client';
import { useRef } from 'react';
import { named, useTerminalLabels } from './labels.ts';

/** "+": another terminal on any node that has a shell. With one node there is nothing to choose. */
export function OpenMenu({ nodes, onOpen }: { nodes: readonly string[]; onOpen(node: string): void }) {
  const labels = useTerminalLabels();
  const details = useRef<HTMLDetailsElement>(null);
  const [only] = nodes;
  if (only === undefined) return null;
  const plus = (
    <span aria-hidden="true" className="grid size-4 place-items-center text-lg leading-none">
      +
    </span>
  );
  if (nodes.length === 1) {
    const label = named(labels.openOn, only);
    return (
      <button
        type="button"
        aria-label={label}
        title={label}
        className="button button-quiet p-1.5"
        onClick={() => onOpen(only)}
      >
        {plus}
      </button>
    );
  }
  const close = () => {
    if (details.current) details.current.open = false;
  };
  return (
    <details
      ref={details}
      className="relative"
      onKeyDown={(event) => {
        if (event.key === 'Escape') close();
      }}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) close();
      }}
    >
      <summary aria-label={labels.open} title={labels.open} className="button button-quiet list-none p-1.5">
        {plus}
      </summary>
      <div className="absolute top-full right-0 z-20 mt-1 grid max-h-72 min-w-40 overflow-y-auto rounded-lg border border-line bg-surface p-1 shadow-lg">
        {nodes.map((node) => (
          <button
            key={node}
            type="button"
            aria-label={named(labels.openOn, node)}
            className="rounded px-3 py-1.5 text-left font-mono text-sm hover:bg-sunken"
            onClick={() => {
              close();
              onOpen(node);
            }}
          >
            {node}
          </button>
        ))}
      </div>
    </details>
  );
}
