import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { requestLanguage } from '../_languages/request-language.ts';
import { translator } from '../_languages/translate.ts';
import { loadCourse } from '../_lessons/index.ts';
import { AgentNotice } from '../_reader/agent-notice.tsx';
import { CourseCard } from '../_reader/course-card.tsx';
import { MessageCard } from '../_reader/message-card.tsx';
import { PageShell } from '../_reader/page-shell.tsx';
import { readCourseProgress } from '../_reader/read-pages.ts';
import { toHoplabError } from '../_server/errors.ts';

type CoursePageProps = {
  params: Promise<{ course: string }>;
  searchParams: Promise<{ lang?: string | string[] }>;
};

export async function generateMetadata({ params, searchParams }: CoursePageProps): Promise<Metadata> {
  const language = await requestLanguage((await searchParams).lang);
  const course = await loadCourse((await params).course, language).catch(() => undefined);
  return course ? { title: course.title, description: course.summary } : {};
}

export default async function CoursePage({ params, searchParams }: CoursePageProps) {
  const { course: slug } = await params;
  const language = await requestLanguage((await searchParams).lang);
  const t = translator(language);
  const course = await loadCourse(slug, language).catch(toHoplabError);
  if (course instanceof Error) {
    if (course.code === 'not-found') notFound();
    return (
      <PageShell language={language}>
        <MessageCard tone="bad" title={t('home.broken')} details={course.message}>
          {course.hint || t('lesson.unreadable.hint')}
        </MessageCard>
      </PageShell>
    );
  }
  const progress = await readCourseProgress(slug);
  return (
    <PageShell language={language}>
      <CourseCard course={course} progress={progress} t={t} heading="h1" />
      <AgentNotice t={t} />
    </PageShell>
  );
}
