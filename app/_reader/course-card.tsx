import Link from 'next/link';
import type { Translate } from '../_languages/translate.ts';
import { type LessonState, lessonStates, onward } from './course-summary.ts';
import { Icon } from './icons.tsx';
import type { CourseWithProgress } from './read-pages.ts';

type CourseCardProps = CourseWithProgress & { t: Translate; heading: 'h1' | 'h2' };

/** A course with its lessons, how far each is, and the one button that goes on. */
export function CourseCard({ course, progress, t, heading: Heading }: CourseCardProps) {
  const on = onward(course, progress);
  const lessons = lessonStates(course, progress);
  return (
    <section aria-labelledby={`course-${course.slug}`}>
      <Heading id={`course-${course.slug}`} className="font-semibold text-2xl tracking-tight">
        {Heading === 'h2' ? <Link href={`/${course.slug}`}>{course.title}</Link> : course.title}
      </Heading>
      <p className="mt-2 max-w-[65ch] text-muted leading-relaxed">{course.summary}</p>
      {on && (
        <p className="mt-5 flex flex-wrap items-center gap-x-4 gap-y-2">
          <Link
            data-testid="onward"
            href={`/${course.slug}/${on.lesson.slug}${on.step ? `#${on.step.id}` : ''}`}
            className="button button-primary px-4 py-2 text-sm"
          >
            {t(on.begun ? 'home.continue' : 'home.begin')}
            <Icon name="right" />
          </Link>
          <span className="text-muted text-sm">
            {on.lesson.frontMatter.title}
            {on.step && ` · ${t('home.continue.at', { step: on.step.title })}`}
          </span>
        </p>
      )}
      {lessons.length === 0 ? (
        <EmptyCourse t={t} />
      ) : (
        <ol className="mt-7 divide-y divide-line overflow-hidden rounded-xl border border-line bg-surface">
          {lessons.map((state, i) => (
            <LessonRow key={state.lesson.slug} course={course.slug} number={i + 1} state={state} t={t} />
          ))}
        </ol>
      )}
    </section>
  );
}

function EmptyCourse({ t }: { t: Translate }) {
  return (
    <div className="mt-7 rounded-xl border border-line border-dashed px-6 py-8 text-center">
      <p className="font-medium">{t('course.empty')}</p>
      <p className="mt-1 text-muted text-sm">{t('course.empty.hint')}</p>
    </div>
  );
}

type LessonRowProps = { course: string; number: number; state: LessonState; t: Translate };

function LessonRow({ course, number, state, t }: LessonRowProps) {
  const { lesson, reached, done } = state;
  const { title, summary, minutes, objectives } = lesson.frontMatter;
  return (
    <li className="relative grid grid-cols-[2rem_1fr] gap-x-3 px-5 py-5 hover:bg-sunken/60">
      <span aria-hidden="true" className={`pt-0.5 tabular-nums ${done ? 'text-good' : 'text-muted'}`}>
        {done ? <Icon name="check" className="mt-1 size-5" /> : number}
      </span>
      <div className="min-w-0">
        <div className="flex flex-wrap items-baseline justify-between gap-x-4">
          <h3 className="font-semibold text-lg leading-snug">
            <Link href={`/${course}/${lesson.slug}`} className="after:absolute after:inset-0">
              {title}
            </Link>
          </h3>
          <span className="text-muted text-sm">{t('course.minutes', { minutes })}</span>
        </div>
        <p className="mt-1 max-w-[65ch] text-muted leading-relaxed">{summary}</p>
        {objectives.length > 0 && (
          <details className="relative z-10 mt-3 w-fit max-w-full text-sm">
            <summary className="text-muted">{t('course.objectives')}</summary>
            <ul className="mt-2 list-disc space-y-1 pl-5">
              {objectives.map((objective) => (
                <li key={objective}>{objective}</li>
              ))}
            </ul>
          </details>
        )}
        <div className="mt-4 flex flex-wrap items-center gap-3">
          <span aria-hidden="true" className="flex gap-1">
            {lesson.steps.map((step) => (
              <span
                key={step.id}
                title={step.title}
                className={`h-2 w-4 rounded-full ${reached.includes(step.id) ? 'bg-good' : 'bg-line'}`}
              />
            ))}
          </span>
          <span className="text-muted text-sm">
            {done ? t('course.done') : t('course.progress', { reached: reached.length, all: lesson.steps.length })}
          </span>
        </div>
      </div>
    </li>
  );
}
