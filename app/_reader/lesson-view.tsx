'use client';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { LabPanel } from '../_lab/lab-panel.tsx';
import { LabProvider, useLabActions } from '../_lab/lab-provider.tsx';
import { focusTerminal } from '../_terminal/terminal-registry.ts';
import { AppHeader } from './app-header.tsx';
import { HintsProvider } from './hint.tsx';
import { LessonAnnouncer } from './lesson-announcer.tsx';
import { type LessonInfo, LessonProvider, useLesson } from './lesson-context.tsx';
import { LessonEnd, type Neighbours } from './lesson-end.tsx';
import { LessonOutline } from './lesson-outline.tsx';
import type { SavedLayouts } from './saved-layouts.ts';
import { ShortcutsDialog } from './shortcuts-dialog.tsx';
import { SplitView } from './split-view.tsx';
import type { Theme } from './theme.ts';
import { useCurrentStep } from './use-current-step.ts';
import { useKeepPlace } from './use-keep-place.ts';
import { useRememberPlace } from './use-remember-place.ts';
import { useShortcuts } from './use-shortcuts.ts';

type LessonViewProps = {
  info: LessonInfo;
  reached: readonly string[];
  neighbours: Neighbours;
  layouts: SavedLayouts;
  courseTitle: string;
  theme: Theme;
  /** The lesson's text. */
  children: ReactNode;
};

/** The lesson page: the text on one side, the lab on the other, and what joins them. */
export function LessonView({ info, reached, ...rest }: LessonViewProps) {
  return (
    <LessonProvider info={info}>
      <LabProvider key={`${info.course}/${info.lesson}`} course={info.course} lesson={info.lesson} reached={reached}>
        <HintsProvider>
          <Lesson {...rest} />
        </HintsProvider>
      </LabProvider>
    </LessonProvider>
  );
}

function Lesson({ neighbours, layouts, courseTitle, theme, children }: Omit<LessonViewProps, 'info' | 'reached'>) {
  const router = useRouter();
  const { course, steps, title } = useLesson();
  const { step: tellStep, check } = useLabActions();
  const scroller = useRef<HTMLElement>(null);
  const ids = useMemo(() => steps.map((s) => s.id), [steps]);
  const current = useCurrentStep(scroller, ids);
  const [help, setHelp] = useState(false);
  const [picture, setPicture] = useState(true);
  useKeepPlace(scroller, current);
  useRememberPlace(current);

  useEffect(() => {
    if (current !== undefined) tellStep(current);
  }, [current, tellStep]);

  const go = (by: number) => {
    const id = ids[ids.indexOf(current ?? '') + by];
    if (id) location.hash = id;
  };
  const visit = (slug: string | undefined) => slug && router.push(`/${course}/${slug}`);
  useShortcuts({
    help: () => setHelp(true),
    next: () => go(1),
    previous: () => go(-1),
    check: () => current && check(current),
    terminal: () => focusTerminal(),
    picture: () => setPicture((p) => !p),
    home: () => router.push('/'),
    nextLesson: () => visit(neighbours.next?.slug),
    previousLesson: () => visit(neighbours.previous?.slug),
  });

  return (
    <div className="relative flex h-dvh flex-col overflow-clip">
      <AppHeader theme={theme} onHelp={() => setHelp(true)}>
        <Link href={`/${course}`} className="hover:text-ink max-md:hidden">
          {courseTitle}
          <span className="mx-2">/</span>
        </Link>
        <span className="text-ink">{title}</span>
      </AppHeader>
      <LessonAnnouncer />
      <SplitView
        layouts={layouts}
        text={
          <div className="flex h-full flex-col">
            <LessonOutline current={current} />
            <main
              id="text-main"
              ref={scroller}
              tabIndex={-1}
              aria-label={title}
              className="relative min-h-0 flex-1 overflow-y-auto outline-none"
            >
              <article className="prose mx-auto px-4 pb-24 sm:px-8">
                {children}
                <LessonEnd {...neighbours} />
              </article>
            </main>
          </div>
        }
        lab={<LabPanel layouts={layouts} picture={picture} onPicture={() => setPicture((p) => !p)} />}
      />
      <ShortcutsDialog open={help} onClose={() => setHelp(false)} />
    </div>
  );
}
