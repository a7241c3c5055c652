'use client';
import { createContext, type ReactNode, useContext, useMemo, useState } from 'react';
import { useText } from '../_languages/language-provider.tsx';
import type { HintProps } from '../_lessons/types.ts';
import { Icon } from './icons.tsx';

type Opened = { count(step: string): number; open(step: string, index: number): void };
const OpenedContext = createContext<Opened | undefined>(undefined);

/** Remembers for the whole lesson how many hints of each step are open. */
export function HintsProvider({ children }: { children: ReactNode }) {
  const [counts, setCounts] = useState<Record<string, number>>({});
  const opened = useMemo<Opened>(
    () => ({
      count: (step) => counts[step] ?? 0,
      open: (step, index) => setCounts((c) => ({ ...c, [step]: Math.max(c[step] ?? 0, index + 1) })),
    }),
    [counts],
  );
  return <OpenedContext value={opened}>{children}</OpenedContext>;
}

/** Hints open one after another: a hint offers itself once all before it are open. */
export function Hint({ step, index, total, children }: HintProps) {
  const t = useText();
  const opened = useContext(OpenedContext);
  if (!opened) throw new Error('Hint needs a HintsProvider above it.');
  const count = opened.count(step);
  if (index > count) return null;
  if (index === count) {
    return (
      <p className="acting">
        <button type="button" className="button" aria-expanded={false} onClick={() => opened.open(step, index)}>
          {t('hint.open', { number: index + 1, total })}
          <Icon name="down" />
        </button>
      </p>
    );
  }
  return (
    <div role="note" className="acting rounded-lg border border-line bg-surface px-4 py-3">
      <p className="mb-1 font-medium text-muted text-sm">{t('hint.title', { number: index + 1 })}</p>
      <div className="step-body">{children}</div>
    </div>
  );
}
