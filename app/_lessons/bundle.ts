import { bundleMDX } from 'mdx-bundler';
import { inlineFigures } from './figures.ts';
import { lessonTree } from './lesson-tree.ts';
import { type LoadedLesson, openLesson } from './load.ts';
import type { Language, Lesson } from './types.ts';

export type BundledLesson = {
  lesson: Lesson;
  /** For getMDXComponent (mdx-component.ts), on the server. */
  code: string;
};

/** Bundling takes 20 to 600 ms, so each lesson is bundled once for as long as its text stays the same. */
const bundles = new Map<string, { key: string; code: Promise<string> }>();

/** A lesson as a program of components. @throws HoplabError not-found; InvalidInput when its files are wrong */
export async function bundleLesson(course: string, slug: string, language: Language): Promise<BundledLesson> {
  const loaded = await openLesson(course, slug, language);
  const place = `${loaded.folder} ${language}`;
  const kept = bundles.get(place);
  if (kept?.key === loaded.key) return { lesson: loaded.lesson, code: await kept.code };
  const code = bundle(loaded);
  bundles.set(place, { key: loaded.key, code });
  code.catch(() => bundles.delete(place));
  return { lesson: loaded.lesson, code: await code };
}

async function bundle({ sections, lesson, folder }: LoadedLesson): Promise<string> {
  const tree = structuredClone(lessonTree(sections, lesson));
  await inlineFigures(tree, folder);
  const { code } = await bundleMDX({
    // The text was read already, with the author's positions: what is bundled is its tree, never its source.
    source: '',
    mdxOptions: (options) => ({ ...options, remarkPlugins: [() => () => tree] }),
    esbuildOptions: (options) => ({ ...options, logLevel: 'silent' }),
  });
  return code;
}
