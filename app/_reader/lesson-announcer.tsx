'use client';
import { useLab } from '../_lab/lab-provider.tsx';
import { useText } from '../_languages/language-provider.tsx';
import { useLesson } from './lesson-context.tsx';

/** Says a reached step once, politely, for those who do not see it turn green. */
export function LessonAnnouncer() {
  const t = useText();
  const { steps } = useLesson();
  const news = useLab((s) => s.news);
  const title = steps.find((s) => s.id === news)?.title;
  return (
    <div aria-live="polite" className="sr-only">
      {title && t('step.announced', { title })}
    </div>
  );
}
