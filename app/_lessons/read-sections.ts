import type { Code, Heading, Root, RootContent } from 'mdast';
import { toString as plainText } from 'mdast-util-to-string';
import { visit } from 'unist-util-visit';
import { blockId } from '../../lab-agent/contract/names.ts';
import type { Position } from '../../lab-agent/contract/parse.ts';
import { positionOf } from './parse-markdown.ts';
import type { Problems } from './problems.ts';
import { nearest } from './suggest.ts';

/** The languages of fenced blocks that act; every other language is text. */
export const acting = ['sh', 'check', 'hint', 'solution', 'quiz'] as const;
export type Acting = (typeof acting)[number];

/** A fenced block as written: `argument` is the node of sh and solution, the id of check and quiz. */
export type Block = { kind: Acting; argument: string; body: string; position: Position; node: Code };

export type Section = { id: string; title: string; position: Position; nodes: RootContent[]; blocks: Block[] };

/** A lesson's text cut into what stands before the first heading, and its steps. */
export type Sections = { front?: { text: string; line: number }; intro: RootContent[]; sections: Section[] };

export function readSections(tree: Root, problems: Problems): Sections {
  const found: Sections = { intro: [], sections: [] };
  for (const node of tree.children) {
    const section = found.sections.at(-1);
    if (node.type === 'yaml') found.front = { text: node.value, line: positionOf(node).line };
    else if (node.type === 'heading' && node.depth <= 2) startSection(node, found, problems);
    else if (section) addTo(section, node, problems);
    else {
      if (node.type === 'code' && actingKind(node, problems)) {
        problems.add(
          positionOf(node),
          '',
          `a ${node.lang} block belongs to a step: put it below a \`## Heading {#id}\``,
        );
      }
      found.intro.push(node);
    }
    refuseNested(node, problems);
  }
  return found;
}

function startSection(heading: Heading, found: Sections, problems: Problems): void {
  const position = positionOf(heading);
  const text = plainText(heading);
  const [, title = text, id] = /^(.*?)\s*\{#([^}]*)\}\s*$/.exec(text) ?? [];
  if (heading.depth === 1) {
    problems.add(position, '', 'the title stands in the front matter: begin a step with `## `');
  } else if (id === undefined) {
    problems.add(
      position,
      '',
      `the step "${title}" has no id, and progress hangs on it: write \`## ${title} {#${slug(title)}}\``,
    );
  } else if (!blockId.safeParse(id).success) {
    problems.add(
      position,
      '',
      `"${id}" is no id: small letters, digits and single "-", like {#${slug(id) || 'red-and-blue'}}`,
    );
  } else if (found.sections.some((s) => s.id === id)) {
    problems.add(position, '', `the id {#${id}} stands twice in this lesson`);
  }
  found.sections.push({ id: id ?? slug(title), title, position, nodes: [], blocks: [] });
}

function addTo(section: Section, node: RootContent, problems: Problems): void {
  section.nodes.push(node);
  if (node.type !== 'code') return;
  const kind = actingKind(node, problems);
  if (!kind) return;
  const position = positionOf(node);
  const argument = node.meta?.trim() ?? '';
  if (kind === 'hint' && argument)
    problems.add(position, '', `a hint has no name: write \`\`\`hint instead of \`\`\`hint ${argument}`);
  else if (kind !== 'hint' && !/^\S+$/.test(argument)) problems.add(position, '', wanted(kind, argument));
  else if ((kind === 'check' || kind === 'quiz') && !blockId.safeParse(argument).success) {
    problems.add(
      position,
      '',
      `"${argument}" is no id: small letters, digits and single "-", like ${slug(argument) || 'red-address'}`,
    );
  }
  section.blocks.push({ kind, argument, body: node.value, position, node });
}

function wanted(kind: Acting, argument: string): string {
  const found = argument ? `, found "${argument}"` : '';
  if (kind === 'sh')
    return `a command block names the node it runs on, \`\`\`sh k8s-m${found}; for text that nobody runs write \`\`\`text`;
  if (kind === 'solution') return `a solution names the node it is typed on: \`\`\`solution k8s-m${found}`;
  return `a ${kind} has one id: \`\`\`${kind} red-address${found}`;
}

/** The kind of an acting block; a language that nearly is one is a slip of the pen. */
export function actingKind(node: Code, problems: Problems): Acting | undefined {
  if (!node.lang) return undefined;
  const kind = acting.find((name) => name === node.lang);
  if (kind || node.lang.length < 4) return kind;
  const near = nearest(node.lang, acting.slice(1));
  if (near) problems.add(positionOf(node), '', `"${node.lang}" does nothing: did you mean \`\`\`${near}?`);
  return undefined;
}

function refuseNested(node: RootContent, problems: Problems): void {
  if (!('children' in node)) return;
  visit(node, 'code', (code) => {
    if (acting.some((name) => name === code.lang && (name !== 'sh' || code.meta))) {
      problems.add(
        positionOf(code),
        '',
        `a ${code.lang} block stands by itself: move it out of the ${holderName(node)}`,
      );
    }
  });
}

function holderName(node: RootContent): string {
  return 'name' in node && node.name ? `<${node.name}>` : node.type;
}

/** An id that could stand for a title; empty when it has no Latin letters. */
function slug(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
}
