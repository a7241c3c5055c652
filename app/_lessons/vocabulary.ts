import type { Position } from '../../lab-agent/contract/parse.ts';
import type { Problems } from './problems.ts';
import { didYouMean, nearest } from './suggest.ts';

/**
 * What an author may write between the prose: components with their properties (types.ts), and a handful of HTML tags.
 * A property's value is what it may be: a list of words, or any text.
 */
export const components: Record<string, Record<string, { required?: boolean; oneOf?: string[] }>> = {
  Callout: { kind: { oneOf: ['note', 'tip', 'warning'] }, title: {} },
  Figure: { src: { required: true }, alt: { required: true }, caption: {} },
  Topology: { node: {} },
};
export const htmlTags = ['br', 'kbd', 'sub', 'sup'];

/** HTML that people reach for, and what to write instead; any other `<word>` is prose. */
const refusedHtml: Record<string, string> = {
  a: 'write a link: [text](address)',
  img: 'write <Figure src="picture.svg" alt="what it shows" />',
  script: 'a lesson runs no programs',
  style: 'a lesson has no styles of its own',
  iframe: 'a lesson embeds no other pages',
  div: 'write <Callout> or plain Markdown',
  span: 'write plain Markdown',
  p: 'write plain Markdown',
  details: 'write a ```hint block',
  b: 'write **bold**',
  strong: 'write **bold**',
  i: 'write *italic*',
  em: 'write *italic*',
  code: 'write `code`',
  pre: 'write a fenced block',
  table: 'write a Markdown table',
};

/**
 * Looks at a `<` in prose.
 * @returns the length of a tag of ours that begins there, or 0 when the `<` is meant as text
 */
export function checkTag(text: string, position: Position, problems: Problems): number {
  const link = /^<((?:https?|mailto):[^>\s]*)>/.exec(text)?.[1];
  if (link) {
    problems.add(position, '', `write the link as [text](${link})`);
    return 0;
  }
  const name = /^<\/?([A-Za-z][A-Za-z0-9]*)(?=[\s/>])/.exec(text)?.[1];
  if (!name) return 0;
  if (name in components || htmlTags.includes(name)) return lengthOfTag(text, position, problems);
  // The end of what was refused at its beginning needs no second message.
  if (text.startsWith('</')) return 0;
  const advice = refusedHtml[name];
  if (advice) problems.add(position, '', `<${name}> is refused: ${advice}`);
  else if (/^[A-Z].*[a-z]/.test(name) || nearest(name, Object.keys(components))) {
    problems.add(position, '', `unknown component <${name}>: ${didYouMean(name, Object.keys(components))}`);
  }
  return 0;
}

function lengthOfTag(text: string, position: Position, problems: Problems): number {
  const tag = /^<(?:[^>"'{]|"[^"]*"|'[^']*')*/.exec(text)?.[0] ?? '';
  if (text[tag.length] === '>') return tag.length + 1;
  // A brace is refused by the caller, at the brace.
  if (text[tag.length] !== '{') problems.add(position, '', 'this tag has no end: `>` is wanted');
  return 0;
}
