'use client';
import { type ReactNode, useState } from 'react';
import { Group, type Layout, Panel, Separator } from 'react-resizable-panels';
import { useText } from '../_languages/language-provider.tsx';
import { rememberLayout, type SavedLayouts } from './saved-layouts.ts';

type SplitViewProps = { text: ReactNode; lab: ReactNode; layouts: SavedLayouts };

/**
 * Text and lab side by side with a divider; on small screens one at a time. Both always stay in the document: a hidden
 * terminal must not lose its screen.
 */
export function SplitView({ text, lab, layouts }: SplitViewProps) {
  const t = useText();
  const [shown, setShown] = useState<'text' | 'lab'>('text');
  return (
    <div className="flex min-h-0 flex-1 flex-col" data-split data-shown={shown}>
      <Group
        orientation="horizontal"
        className="min-h-0 flex-1"
        defaultLayout={layouts.lesson as Layout | undefined}
        onLayoutChanged={(layout) => rememberLayout('lesson', layout)}
      >
        <Panel id="text" defaultSize="46%" minSize="22rem" className="split-text">
          {text}
        </Panel>
        <Separator id="divider" aria-label={t('lesson.divider')} className="split-divider" />
        <Panel id="lab" defaultSize="54%" minSize="18rem" className="split-lab">
          {lab}
        </Panel>
      </Group>
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
