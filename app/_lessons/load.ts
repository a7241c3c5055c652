import { HoplabError } from '../../lab-agent/contract/errors.ts';
import type { Topology } from '../../lab-agent/contract/topology.ts';
import { below, courseFolder, courseNames, hashOf, lessonFolder, lessonFolders, readText } from './content-files.ts';
import { Problems } from './problems.ts';
import { type ReadLesson, readLesson } from './read-lesson.ts';
import type { Sections } from './read-sections.ts';
import { readTranslation } from './read-translation.ts';
import { courseSchema } from './schema.ts';
import { readTopology } from './topology.ts';
import type { Course, Language, Lesson, LessonSummary } from './types.ts';
import { parseYaml, readYaml } from './yaml-source.ts';

/** A lesson with the tree of its text, for the bundler. `key` changes with every file it was read from. */
export type LoadedLesson = { lesson: Lesson; sections: Sections; folder: string; key: string };

/** All courses of the content folder. @throws InvalidInput when one of their files is wrong */
export async function listCourses(language: Language = 'en'): Promise<Course[]> {
  const courses: Course[] = [];
  for (const name of await courseNames()) {
    if (await readText(below(courseFolder(name), 'course.yaml'))) courses.push(await loadCourse(name, language));
  }
  return courses;
}

/** A course with its lessons in order. @throws HoplabError not-found, InvalidInput */
export async function loadCourse(course: string, language: Language = 'en'): Promise<Course> {
  const file = below(courseFolder(course), 'course.yaml');
  const text = await readText(file);
  if (text === undefined) throw new HoplabError('not-found', `There is no course "${course}".`);
  const { ko, ...original } = parseYaml(courseSchema, readYaml(text, file));
  const { title, summary } = (language === 'ko' ? ko : undefined) ?? original;
  const lessons: LessonSummary[] = [];
  for (const { slug } of await lessonFolders(course)) {
    const { frontMatter, steps } = await loadLesson(course, slug, language);
    lessons.push({ slug, frontMatter, steps: steps.map(({ id, title }) => ({ id, title })) });
  }
  return { slug: course, title, summary, lessons };
}

/**
 * A lesson in a language, or in English with `fallback: true` where there is no translation.
 * @throws HoplabError not-found; InvalidInput naming everything that is wrong with its files
 */
export async function loadLesson(course: string, slug: string, language: Language = 'en'): Promise<Lesson> {
  return (await openLesson(course, slug, language)).lesson;
}

/** The lab of a lesson. @throws HoplabError not-found, InvalidInput */
export async function loadTopology(course: string, name: string): Promise<Topology> {
  const file = below(courseFolder(course), 'topologies', `${name}.yaml`);
  const text = /^[a-z0-9-]+$/.test(name) ? await readText(file) : undefined;
  if (text === undefined)
    throw new HoplabError('not-found', `There is no topology "${name}" in the course "${course}".`);
  return readTopology(text, file);
}

/** Reading takes milliseconds, a page asks for the same lesson many times: kept until a file's text changes. */
const opened = new Map<string, LoadedLesson>();

export async function openLesson(course: string, slug: string, language: Language): Promise<LoadedLesson> {
  const folder = await lessonFolder(course, slug);
  const file = below(folder, 'lesson.mdx');
  const text = await readText(file);
  if (text === undefined) throw new HoplabError('not-found', `The lesson "${slug}" has no lesson.mdx.`);
  const translatedFile = below(folder, `lesson.${language}.mdx`);
  const translatedText = language === 'en' ? undefined : await readText(translatedFile);
  const key = hashOf(`${text}\0${translatedText ?? ''}`);
  const place = `${folder} ${language}`;
  const kept = opened.get(place);
  if (kept?.key === key) return kept;

  const problems = new Problems(file);
  const read = readLesson(text, problems);
  problems.throwIfAny();
  const translation = translatedText === undefined ? undefined : translate(translatedText, translatedFile, read);
  const { frontMatter, steps, sections } = translation ?? read;
  if (!frontMatter) throw new HoplabError('internal', `${file} has no front matter.`);
  const fallback = language !== 'en' && !translation;
  const lesson: Lesson = { course, slug, language, fallback, frontMatter, hash: read.hash, steps, file };
  const loaded = { lesson, sections, folder, key };
  opened.set(place, loaded);
  return loaded;
}

function translate(text: string, file: string, original: ReadLesson) {
  const problems = new Problems(file);
  const translation = readTranslation(text, original, problems);
  problems.throwIfAny();
  return translation;
}
