import type { Metadata } from 'next';
import { cookies } from 'next/headers';
import { notFound } from 'next/navigation';
import { lackingFeatures } from '../../_lab/agents/lacking-features.ts';
import { LanguageProvider } from '../../_languages/language-provider.tsx';
import { requestLanguage } from '../../_languages/request-language.ts';
import { translator } from '../../_languages/translate.ts';
import { bundleLesson, type Lesson, loadCourse, loadLesson } from '../../_lessons/index.ts';
import { getMDXComponent } from '../../_lessons/mdx-component.ts';
import { lessonComponents } from '../../_reader/lesson-components.tsx';
import type { LessonInfo } from '../../_reader/lesson-context.tsx';
import type { Neighbours } from '../../_reader/lesson-end.tsx';
import { LessonIntro } from '../../_reader/lesson-intro.tsx';
import { LessonView } from '../../_reader/lesson-view.tsx';
import { MessageCard } from '../../_reader/message-card.tsx';
import { PageShell } from '../../_reader/page-shell.tsx';
import { readLessonReached } from '../../_reader/read-pages.ts';
import { LAYOUT_COOKIE, readLayouts } from '../../_reader/saved-layouts.ts';
import { readTheme, THEME_COOKIE } from '../../_reader/theme.ts';
import { toHoplabError } from '../../_server/errors.ts';

type LessonPageProps = {
  params: Promise<{ course: string; lesson: string }>;
  searchParams: Promise<{ lang?: string | string[] }>;
};

export async function generateMetadata({ params, searchParams }: LessonPageProps): Promise<Metadata> {
  const { course, lesson } = await params;
  const language = await requestLanguage((await searchParams).lang);
  const { frontMatter } = (await loadLesson(course, lesson, language).catch(() => undefined)) ?? {};
  return frontMatter ? { title: frontMatter.title, description: frontMatter.summary } : {};
}

export default async function LessonPage({ params, searchParams }: LessonPageProps) {
  const place = await params;
  const language = await requestLanguage((await searchParams).lang);
  const t = translator(language);
  const bundled = await bundleLesson(place.course, place.lesson, language).catch(toHoplabError);
  if (bundled instanceof Error) {
    if (bundled.code === 'not-found') notFound();
    return (
      <PageShell language={language}>
        <MessageCard tone="bad" title={t('lesson.unreadable')} details={bundled.message}>
          {bundled.hint || t('lesson.unreadable.hint')}
        </MessageCard>
      </PageShell>
    );
  }
  const { lesson, code } = bundled;
  const [jar, course, reached, lacking] = await Promise.all([
    cookies(),
    loadCourse(place.course, language),
    readLessonReached(place.course, place.lesson),
    lackingFeatures(lesson.frontMatter.needs),
  ]);
  const Content = getMDXComponent(code);
  return (
    <LanguageProvider language={language}>
      <LessonView
        info={infoOf(lesson)}
        reached={reached}
        neighbours={neighboursOf(course.lessons, lesson.slug)}
        layouts={readLayouts(jar.get(LAYOUT_COOKIE)?.value)}
        courseTitle={course.title}
        theme={readTheme(jar.get(THEME_COOKIE)?.value)}
      >
        <LessonIntro lesson={lesson} lacking={lacking} t={t} />
        <Content components={lessonComponents} />
      </LessonView>
    </LanguageProvider>
  );
}

/** Only what the page may know: ids and titles, no answers and no solutions. */
function infoOf({ course, slug, frontMatter, steps }: Lesson): LessonInfo {
  return {
    course,
    lesson: slug,
    title: frontMatter.title,
    standsIn: frontMatter.standsIn,
    steps: steps.map(({ id, title, checks }, i) => ({ id, title, number: i + 1, checks: checks.map((c) => c.id) })),
  };
}

function neighboursOf(lessons: { slug: string; frontMatter: { title: string } }[], slug: string): Neighbours {
  const at = lessons.findIndex((l) => l.slug === slug);
  const neighbour = (i: number) => {
    const lesson = lessons[i];
    return lesson && { slug: lesson.slug, title: lesson.frontMatter.title };
  };
  return { previous: neighbour(at - 1), next: neighbour(at + 1) };
}
