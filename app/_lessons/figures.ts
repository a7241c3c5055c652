import { lstat, readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import type { Root } from 'mdast';
import { visit } from 'unist-util-visit';
import { HoplabError } from '../../lab-agent/contract/errors.ts';
import { MAX_FIGURE_BYTES } from './check-markup.ts';
import { below } from './content-files.ts';

const TYPES: Record<string, string> = {
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.jpg': 'image/jpeg',
};

/** Puts a lesson's pictures into its tree as data, so that a lesson is one whole and needs no route of its own. */
export async function inlineFigures(tree: Root, folder: string): Promise<void> {
  const places: { src: string; put(data: string): unknown }[] = [];
  visit(tree, (node) => {
    if (node.type === 'image') {
      places.push({ src: node.url, put: (data) => Object.assign(node, { url: data }) });
    } else if (node.type === 'mdxJsxFlowElement' || node.type === 'mdxJsxTextElement') {
      if (node.name !== 'Figure') return;
      const src = node.attributes.find((a) => a.type === 'mdxJsxAttribute' && a.name === 'src');
      if (src && typeof src.value === 'string')
        places.push({ src: src.value, put: (data) => Object.assign(src, { value: data }) });
    }
  });
  for (const { src, put } of places) put(await asData(below(folder, src)));
}

/** A lesson may come from others: what lies beside it must be a plain file, not a link to one elsewhere. */
async function asData(file: string): Promise<string> {
  const found = await lstat(file).catch(() => undefined);
  if (!found?.isFile() || found.size > MAX_FIGURE_BYTES) {
    throw new HoplabError(
      'invalid-input',
      `There is no picture ${file}, or it is too big.`,
      'Run `npm run lessons:check`.',
    );
  }
  return `data:${TYPES[extname(file)]};base64,${(await readFile(file)).toString('base64')}`;
}
