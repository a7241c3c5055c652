import type { ReactNode } from 'react';
import type { CheckItem } from '../../lab-agent/contract/checks/index.ts';

/** The languages of lessons and of the page; `en` is the original, the others are translations of it. */
export const languages = ['en', 'ko'] as const;
export type Language = (typeof languages)[number];

export type FrontMatter = {
  title: string;
  summary: string;
  /** How long it takes, in minutes. */
  minutes: number;
  /** A file of the course's `topologies/`, without `.yaml`. */
  topology: string;
  /** Kernel features that the agent must have, as its hello names them. */
  needs: string[];
  objectives: string[];
  /** The topology's `standsIn` in the lesson's language, where a translation has it. */
  standsIn?: string[] | undefined;
};

/** One check of a step: `items` are its expectations; `says` the author's words for them and `misses` the hints, in the same order. */
export type LessonCheck = {
  id: string;
  items: CheckItem[];
  /** Shown instead of the words that the checker has for an expectation. */
  says: (string | undefined)[];
  misses: (string | undefined)[];
  /** A guard: holds before the solution as well as after. */
  keep: boolean;
};

export type LessonSolution = { node: string; script: string };

export type LessonQuiz = {
  id: string;
  /** Markdown. */
  question: string;
  /** Choices, or undefined for a typed answer. */
  options?: string[];
  /** Accepted answers: the text of options, or texts compared without case and outer space. Never sent to the page. */
  answers: string[];
  /** Several options must be chosen. */
  many: boolean;
  /** Markdown shown once answered rightly. Never sent before. */
  explain?: string;
};

export type LessonStep = {
  id: string;
  title: string;
  checks: LessonCheck[];
  /** Markdown of each hint. */
  hints: string[];
  solutions: LessonSolution[];
  quizzes: LessonQuiz[];
};

export type Lesson = {
  course: string;
  /** The folder's name without its number: `namespaces`. */
  slug: string;
  language: Language;
  /** True when there is no translation and the original is shown. */
  fallback: boolean;
  frontMatter: FrontMatter;
  /** The hash of the original's content: progress is recorded with it. */
  hash: string;
  steps: LessonStep[];
  /** The author's file, for error messages. */
  file: string;
};

export type LessonSummary = { slug: string; frontMatter: FrontMatter; steps: { id: string; title: string }[] };

export type Course = {
  slug: string;
  title: string;
  summary: string;
  lessons: LessonSummary[];
};

/**
 * What a bundled lesson hands to the page's components. A lesson's MDX becomes a tree of these, with the prose between them;
 * the page gives them by name in `components`. Everything is plain data, so client components can take it.
 */
export type StepProps = { id: string; number: number; title: string; children: ReactNode };
export type CommandBlockProps = { step: string; index: number; node: string; command: string };
export type CheckBlockProps = { step: string; id: string; count: number; keep: boolean };
export type HintProps = { step: string; index: number; total: number; children: ReactNode };
export type SolutionProps = { step: string; index: number; node: string };
export type QuizProps = { step: string; id: string; options?: string[]; many: boolean; children: ReactNode };
export type CalloutProps = { kind?: 'note' | 'tip' | 'warning'; title?: string; children: ReactNode };
export type FigureProps = { src: string; alt: string; caption?: string };
/** A live picture of the lab within the text. */
export type TopologyProps = { node?: string };
