import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HoplabError } from '../../lab-agent/contract/errors.ts';

/** Where lessons lie. Tests and operators with lessons of their own name another folder. */
export const contentRoot = (): string => process.env.HOPLAB_CONTENT ?? 'content';

const SLUG = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const LESSON_FOLDER = /^(\d+)-([a-z0-9]+(?:-[a-z0-9]+)*)$/;

export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

/**
 * A place in the content folder. That folder is the operator's, named when the app starts: without the mark, Next's build
 * would take every file of the project for content and copy it into the server.
 */
export const below = (folder: string, ...names: string[]): string => join(/* turbopackIgnore: true */ folder, ...names);

/** The folder of a course. @throws HoplabError not-found for a name that no folder could have (it comes from a URL) */
export function courseFolder(course: string): string {
  if (!SLUG.test(course)) throw new HoplabError('not-found', `There is no course "${course}".`);
  return below(contentRoot(), course);
}

export async function courseNames(): Promise<string[]> {
  return (await folders(contentRoot())).filter((name) => SLUG.test(name)).sort();
}

/** A course's lessons in their order: folder `010-namespaces` is lesson `namespaces`. */
export async function lessonFolders(course: string): Promise<{ slug: string; folder: string }[]> {
  const found = (await folders(courseFolder(course))).flatMap((name) => {
    const [, number, slug] = LESSON_FOLDER.exec(name) ?? [];
    return slug ? [{ slug, number: Number(number), folder: below(courseFolder(course), name) }] : [];
  });
  return found.sort((a, b) => a.number - b.number).map(({ slug, folder }) => ({ slug, folder }));
}

/** The folder of a lesson. @throws HoplabError not-found */
export async function lessonFolder(course: string, slug: string): Promise<string> {
  const lesson = (await lessonFolders(course)).find((l) => l.slug === slug);
  if (!lesson) throw new HoplabError('not-found', `There is no lesson "${slug}" in the course "${course}".`);
  return lesson.folder;
}

/** The topologies of a course by name, sorted. */
export async function topologyNames(course: string): Promise<string[]> {
  const names = await entries(below(courseFolder(course), 'topologies'));
  return names.flatMap((name) => (name.endsWith('.yaml') ? [name.slice(0, -'.yaml'.length)] : [])).sort();
}

/** The text of a file, or undefined when there is none. */
export async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

async function folders(path: string): Promise<string[]> {
  try {
    const found = await readdir(path, { withFileTypes: true });
    return found.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

async function entries(path: string): Promise<string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

const isMissing = (error: unknown): boolean => {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ENOTDIR';
};
