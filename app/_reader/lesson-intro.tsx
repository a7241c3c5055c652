import type { Translate } from '../_languages/translate.ts';
import type { Lesson } from '../_lessons/types.ts';

type LessonIntroProps = { lesson: Lesson; lacking: readonly string[]; t: Translate };

/** The head of a lesson: what it is about, how long it takes, what one will be able to do, and what keeps its lab away. */
export function LessonIntro({ lesson, lacking, t }: LessonIntroProps) {
  const { title, summary, minutes, objectives } = lesson.frontMatter;
  return (
    <header className="pt-8 pb-8">
      {lesson.fallback && (
        <p className="mb-6 rounded-lg bg-warn-soft px-4 py-2.5 text-sm text-warn">{t('lesson.fallback')}</p>
      )}
      {lacking.length > 0 && (
        <p data-testid="lesson-needs" className="mb-6 rounded-lg bg-warn-soft px-4 py-2.5 text-sm text-warn">
          {t('lesson.needs', { features: lacking.join(', ') })}
        </p>
      )}
      <h1 className="font-semibold text-3xl leading-tight tracking-tight">{title}</h1>
      <p className="mt-3 text-lg text-muted leading-relaxed">{summary}</p>
      <p className="mt-3 text-muted text-sm">{t('course.minutes', { minutes })}</p>
      {objectives.length > 0 && (
        <div className="mt-6">
          <h2 className="mb-2 font-medium text-muted text-sm">{t('course.objectives')}</h2>
          <ul>
            {objectives.map((objective) => (
              <li key={objective}>{objective}</li>
            ))}
          </ul>
        </div>
      )}
    </header>
  );
}
