'use client';
import Link from 'next/link';
import { useLab } from '../_lab/lab-provider.tsx';
import { useText } from '../_languages/language-provider.tsx';
import { Icon } from './icons.tsx';
import { useLesson } from './lesson-context.tsx';

export type Neighbour = { slug: string; title: string };
export type Neighbours = { previous: Neighbour | undefined; next: Neighbour | undefined };

/** The end of the text: whether all is reached, and the lessons before and after. */
export function LessonEnd({ previous, next }: Neighbours) {
  const t = useText();
  const { course, steps } = useLesson();
  const complete = useLab((s) =>
    steps.filter((step) => step.checks.length > 0).every((step) => s.reached.includes(step.id)),
  );
  return (
    <footer className="mt-6 border-line border-t py-8 text-base">
      {complete && (
        <p className="mb-6 flex items-center gap-2 rounded-lg bg-good-soft px-4 py-3 font-medium text-good">
          <Icon name="check" />
          {t('lesson.complete')}
        </p>
      )}
      <div className="flex flex-wrap justify-between gap-4 text-sm">
        {previous ? <LessonLink course={course} to={previous} label={t('lesson.previous')} /> : <span />}
        {next ? (
          <LessonLink course={course} to={next} label={t('lesson.next')} />
        ) : (
          <Link href={`/${course}`}>{t('lesson.last')}</Link>
        )}
      </div>
    </footer>
  );
}

function LessonLink({ course, to, label }: { course: string; to: Neighbour; label: string }) {
  return (
    <Link href={`/${course}/${to.slug}`}>
      <span className="block text-muted">{label}</span>
      {to.title}
    </Link>
  );
}
