import type { Root, RootContent } from 'mdast';
import type { MdxJsxFlowElement, MdxJsxTextElement } from 'mdast-util-mdx-jsx';
import { visit } from 'unist-util-visit';
import { parseMarkdown, positionOf } from './parse-markdown.ts';
import type { Problems } from './problems.ts';
import { didYouMean } from './suggest.ts';
import { components, htmlTags } from './vocabulary.ts';

/** Pictures of a lesson lie beside it; how big one may be, since it is sent within the page. */
export const MAX_FIGURE_BYTES = 256 * 1024;

export type Picture = { src: string; position: { line: number; column: number } };

/**
 * Looks at the components and links between the prose: known properties, safe addresses.
 * @returns the pictures named, for the linter to look for
 */
export function checkMarkup(tree: Root, problems: Problems): Picture[] {
  const pictures: Picture[] = [];
  visit(tree, (node) => {
    const position = positionOf(node);
    // escape.ts refuses these already; where it takes for code what the parser does not, this is the lock on the door.
    if (node.type === 'mdxFlowExpression' || node.type === 'mdxTextExpression' || node.type === 'mdxjsEsm') {
      problems.add(position, '', 'a lesson is data: this would be run as a program. Is a fence above it closed?');
    } else if (node.type === 'imageReference') {
      problems.add(position, '', 'write the picture in place: ![what it shows](bridge.svg)');
    } else if (node.type === 'mdxJsxFlowElement' || node.type === 'mdxJsxTextElement') {
      checkElement(node, problems);
      if (node.name === 'Figure') pictures.push({ src: attribute(node, 'src') ?? '', position });
    } else if (node.type === 'image') {
      pictures.push({ src: node.url, position });
      if (!node.alt)
        problems.add(position, '', 'a picture says what it shows: ![a bridge with two cables](bridge.svg)');
    } else if ((node.type === 'link' || node.type === 'definition') && !isSafeLink(node.url)) {
      problems.add(position, '', `"${node.url}" is no link of a lesson: https://…, another lesson or #step is wanted`);
    }
  });
  for (const { src, position } of pictures) {
    if (!/^[\w-]+(\/[\w-]+)*\.(svg|png|webp|jpg)$/.test(src)) {
      problems.add(position, '', `"${src}" is no picture of this lesson: a file beside it is wanted, like bridge.svg`);
    }
  }
  return pictures;
}

/** The same for Markdown that stands within a block: hints, questions, explanations. */
export function checkInnerMarkup(text: string, linesBefore: number, problems: Problems): Picture[] {
  const tree = parseMarkdown(text, problems, linesBefore);
  return tree ? checkMarkup(tree, problems) : [];
}

const isSafeLink = (url: string): boolean => /^(https?:\/\/|mailto:|#|\.{0,2}\/|[\w-]+(\/|$|#))/.test(url);

type Element = MdxJsxFlowElement | MdxJsxTextElement;

export function attribute(element: Element, name: string): string | undefined {
  const found = element.attributes.find((a) => a.type === 'mdxJsxAttribute' && a.name === name);
  return found && typeof found.value === 'string' ? found.value : undefined;
}

function checkElement(element: Element, problems: Problems): void {
  const position = positionOf(element as RootContent);
  const known = components[element.name ?? ''];
  const path = `<${element.name ?? ''}>`;
  if (!known) {
    if (!htmlTags.includes(element.name ?? '')) problems.add(position, path, 'this is no component of lessons');
    if (element.attributes.length > 0) problems.add(position, path, 'this tag takes no properties');
    return;
  }
  for (const given of element.attributes) {
    if (given.type !== 'mdxJsxAttribute' || typeof given.value !== 'string') {
      problems.add(position, path, 'a property is text in quotes: kind="tip"');
      continue;
    }
    const rule = known[given.name];
    if (!rule)
      problems.add(position, path, `unknown property "${given.name}": ${didYouMean(given.name, Object.keys(known))}`);
    else if (rule.oneOf && !rule.oneOf.includes(given.value)) {
      problems.add(position, path, `${given.name}="${given.value}": ${didYouMean(given.value, rule.oneOf)}`);
    }
  }
  for (const [name, rule] of Object.entries(known)) {
    if (rule.required && !attribute(element, name)) problems.add(position, path, `the property ${name}="…" is missing`);
  }
}
