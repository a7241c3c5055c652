import type { Nodes, Root } from 'mdast';
import 'remark-mdx';
import remarkFrontmatter from 'remark-frontmatter';
import remarkGfm from 'remark-gfm';
import remarkMdx from 'remark-mdx';
import remarkParse from 'remark-parse';
import { unified } from 'unified';
import { visit } from 'unist-util-visit';
import type { Position } from '../../lab-agent/contract/parse.ts';
import { escapeMarkdown, restoreText } from './escape.ts';
import type { Problems } from './problems.ts';

const processor = unified().use(remarkParse).use(remarkFrontmatter).use(remarkMdx).use(remarkGfm);

/**
 * The tree of a lesson's text, as its author meant it; undefined when it cannot be parsed, and `problems` says why.
 * @param linesBefore lines of the file before this piece, so that positions are the file's
 */
export function parseMarkdown(text: string, problems: Problems, linesBefore = 0): Root | undefined {
  const before = problems.list.length;
  const padded = '\n'.repeat(linesBefore) + text.replaceAll('\r\n', '\n');
  const escaped = escapeMarkdown(padded, problems);
  try {
    const tree = processor.parse(escaped);
    visit(tree, restore);
    return tree;
  } catch (error) {
    const refusal = readRefusal(error);
    // What was refused before is most likely what the parser stumbles over: one thing is told once.
    if (problems.list.length === before) problems.add(refusal.position, '', refusal.reason);
    return undefined;
  }
}

/** Some of the parser's errors carry their position as a field, others only at the end of their text. */
function readRefusal(error: unknown): { position: Position; reason: string } {
  const { line, column, reason } = error as { line?: number; column?: number; reason?: string };
  if (!reason) throw error;
  const [place, atLine, atColumn] = / \((\d+):(\d+)-\d+:\d+\)/.exec(reason) ?? [];
  const position = { line: line ?? Number(atLine ?? 1), column: column ?? Number(atColumn ?? 1) };
  return { position, reason: place ? reason.replace(place, '') : reason };
}

function restore(node: Nodes): void {
  for (const key of ['value', 'alt', 'title', 'url', 'lang', 'meta'] as const) {
    const holder = node as unknown as Record<string, unknown>;
    if (typeof holder[key] === 'string') holder[key] = restoreText(holder[key] as string);
  }
}

/** Where a node begins in its file. */
export function positionOf(node: Nodes): Position {
  return { line: node.position?.start.line ?? 1, column: node.position?.start.column ?? 1 };
}
