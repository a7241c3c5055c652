import type { Problems } from './problems.ts';
import { checkTag } from './vocabulary.ts';

/**
 * Makes an author's text safe for MDX without moving a character: `{#id}` after a heading and `<NODE>` in prose become
 * stand-ins of the same length, which `restoreText` turns back after parsing, so every position stays the author's.
 * Expressions, import and export are refused here; HTML comments are blanked.
 */
const STAND_INS: Record<string, string> = { '{': '\uFDD0', '}': '\uFDD1', '<': '\uFDD2' };
const ORIGINALS = new Map(Object.entries(STAND_INS).map(([original, standIn]) => [standIn, original]));

export const restoreText = (text: string): string => text.replace(/[\uFDD0-\uFDD2]/g, (c) => ORIGINALS.get(c) ?? c);

export function escapeMarkdown(text: string, problems: Problems): string {
  const lines = text.split('\n');
  let fence: string | undefined;
  let index = 0;
  if (lines[0] === '---') index = lines.indexOf('---', 1) + 1;
  const out = lines.slice(0, index);
  while (index < lines.length) {
    const line = lines[index] as string;
    const mark = /^[\s>]*(?:(?:[-*+]|\d+[.)])\s+)*(`{3,}|~{3,})(.*)$/.exec(line);
    if (fence !== undefined) {
      if (mark?.[1]?.startsWith(fence) && mark[2]?.trim() === '') fence = undefined;
    } else if (mark && !(mark[1]?.startsWith('`') && mark[2]?.includes('`'))) {
      fence = mark[1];
    } else if (line.trim() !== '') {
      const end = endOfProse(lines, index);
      out.push(...escapeProse(lines.slice(index, end).join('\n'), index + 1, problems).split('\n'));
      index = end;
      continue;
    }
    out.push(line);
    index++;
  }
  return out.join('\n');
}

/** Prose goes to the next blank line or fence; a comment may hold blank lines. */
function endOfProse(lines: readonly string[], from: number): number {
  let inComment = false;
  for (let i = from; i < lines.length; i++) {
    const line = lines[i] as string;
    if (!inComment && i > from && (line.trim() === '' || /^[\s>]*(`{3,}|~{3,})/.test(line))) return i;
    for (const mark of line.matchAll(/<!--|-->/g)) inComment = mark[0] === '<!--';
  }
  return lines.length;
}

function escapeProse(prose: string, firstLine: number, problems: Problems): string {
  const at = (offset: number) => {
    const before = prose.slice(0, offset).split('\n');
    return { line: firstLine + before.length - 1, column: (before.at(-1)?.length ?? 0) + 1 };
  };
  let out = '';
  let i = 0;
  const copy = (length: number) => {
    out += prose.slice(i, i + length);
    i += length;
  };
  const standIn = (length = 1) => {
    out += prose.slice(i, i + length).replace(/[{}<]/g, (c) => STAND_INS[c] ?? c);
    i += length;
  };
  const esm = /^(import|export)\s/.exec(prose);
  if (esm) {
    problems.add(
      at(0),
      '',
      `a lesson is data: \`${esm[1]}\` is refused; begin the sentence with another word if it is prose`,
    );
    out += ORIGINAL_LOST;
    i = 1;
  }
  while (i < prose.length) {
    const rest = prose.slice(i);
    const code = /^(`+)(?!`)[\s\S]*?[^`]\1(?!`)/.exec(rest);
    if (rest.startsWith('\\')) copy(2);
    else if (code) copy(code[0].length);
    else if (rest.startsWith('`')) copy(/^`+/.exec(rest)?.[0].length ?? 1);
    else if (rest.startsWith('<!--')) {
      const end = rest.indexOf('-->');
      if (end < 0) problems.add(at(i), '', 'this comment has no end: write `-->` after it');
      const comment = end < 0 ? rest : rest.slice(0, end + 3);
      out += comment.replace(/[^\n]/g, ' ');
      i += comment.length;
    } else if (rest.startsWith('<')) {
      const tag = checkTag(rest, at(i), problems);
      if (tag > 0) copy(tag);
      else standIn();
    } else if (/^\{#[^}\n]*\}[ \t]*(\n|$)/.test(rest) && isHeading(prose, i)) {
      standIn(rest.indexOf('}') + 1);
    } else if (rest.startsWith('{')) {
      const what = /^\{[^}\n]*\}?/.exec(rest)?.[0] ?? '{';
      problems.add(
        at(i),
        '',
        `\`${what}\` would be run as a program, and a lesson is data: write it in backticks, or \`\\{\``,
      );
      standIn();
    } else if (rest.startsWith('}')) standIn();
    else copy(1);
  }
  return out;
}

/** Stands for a first letter that made the parser stop; the lesson is refused anyway. */
const ORIGINAL_LOST = '\uFDD3';

function isHeading(prose: string, offset: number): boolean {
  return /^ {0,3}#{1,6}\s/.test(prose.slice(prose.lastIndexOf('\n', offset - 1) + 1, offset));
}
