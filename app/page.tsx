import { requestLanguage } from './_languages/request-language.ts';
import { type Translate, translator } from './_languages/translate.ts';
import { AgentNotice } from './_reader/agent-notice.tsx';
import { CourseCard } from './_reader/course-card.tsx';
import { MessageCard } from './_reader/message-card.tsx';
import { PageShell } from './_reader/page-shell.tsx';
import { readCourses } from './_reader/read-pages.ts';
import { toHoplabError } from './_server/errors.ts';

type HomeProps = { searchParams: Promise<{ lang?: string | string[] }> };

export default async function Home({ searchParams }: HomeProps) {
  const language = await requestLanguage((await searchParams).lang);
  const t = translator(language);
  return (
    <PageShell language={language}>
      <h1 className="font-semibold text-3xl tracking-tight sm:text-4xl">{t('home.title')}</h1>
      <p className="mt-3 max-w-[60ch] text-lg text-muted leading-relaxed">{t('home.lead')}</p>
      <AgentNotice t={t} />
      <div className="mt-12 space-y-16">
        <Courses language={language} t={t} />
      </div>
    </PageShell>
  );
}

async function Courses({ language, t }: { language: 'en' | 'ko'; t: Translate }) {
  const read = await readCourses(language).catch(toHoplabError);
  if (!Array.isArray(read)) {
    return (
      <MessageCard tone="bad" title={t('home.broken')} details={read.message}>
        {read.hint || t('lesson.unreadable.hint')}
      </MessageCard>
    );
  }
  if (read.length === 0) return <MessageCard title={t('home.empty')}>{t('home.empty.hint')}</MessageCard>;
  return read.map(({ course, progress }) => (
    <CourseCard key={course.slug} course={course} progress={progress} t={t} heading="h2" />
  ));
}
