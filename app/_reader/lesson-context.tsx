'use client';
import { createContext, type ReactNode, useContext } from 'react';

/** What the page tells its parts of the lesson: names and ids, never answers. */
export type StepInfo = { id: string; number: number; title: string; checks: string[] };
export type LessonInfo = {
  course: string;
  lesson: string;
  title: string;
  steps: StepInfo[];
  /** What stands in for what in its lab, where the lesson's translation says it; else the lab does. */
  standsIn?: string[] | undefined;
};

const LessonContext = createContext<LessonInfo | undefined>(undefined);

export function LessonProvider({ info, children }: { info: LessonInfo; children: ReactNode }) {
  return <LessonContext value={info}>{children}</LessonContext>;
}

export function useLesson(): LessonInfo {
  const info = useContext(LessonContext);
  if (!info) throw new Error('useLesson needs a LessonProvider above it.');
  return info;
}

/** A step of this lesson by its id; an id that the lesson lacks is a step without checks. */
export function useStep(id: string): StepInfo {
  return useLesson().steps.find((s) => s.id === id) ?? { id, number: 0, title: id, checks: [] };
}
