'use client';
import { createContext, type ReactNode, useCallback, useContext, useState } from 'react';
import { useText } from '../_languages/language-provider.tsx';
import type { SavedLayouts } from './saved-layouts.ts';
import { Split } from './split.tsx';

/** Brings the lab's side to the front where only one side has room; where both have, nothing happens. */
const ShowLabContext = createContext<() => void>(() => {});
export const useShowLab = (): (() => void) => useContext(ShowLabContext);

type SplitViewProps = { text: ReactNode; lab: ReactNode; layouts: SavedLayouts };

/**
 * Text and lab side by side with a divider; on small screens one at a time. Both always stay in the document: a hidden
 * terminal must not lose its screen.
 */
export function SplitView({ text, lab, layouts }: SplitViewProps) {
  const t = useText();
  const [shown, setShown] = useState<'text' | 'lab'>('text');
  const showLab = useCallback(() => setShown('lab'), []);
  return (
    <div className="flex min-h-0 flex-1 flex-col" data-shown={shown}>
      <Split
        name="lesson"
        orientation="horizontal"
        share={layouts.lesson}
        label={t('lesson.divider')}
        first={<ShowLabContext value={showLab}>{text}</ShowLabContext>}
        second={lab}
      />
      <fieldset className="split-switch grid-cols-2 border-line border-t bg-surface pb-[env(safe-area-inset-bottom)]">
        {(['text', 'lab'] as const).map((side) => (
          <button
            key={side}
            type="button"
            aria-pressed={shown === side}
            className="min-h-12 border-transparent border-t-2 font-medium text-muted text-sm aria-pressed:border-accent aria-pressed:text-ink"
            onClick={() => setShown(side)}
          >
            {t(`lesson.${side}`)}
          </button>
        ))}
      </fieldset>
    </div>
  );
}
