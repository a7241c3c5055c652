import type { Expression, ObjectExpression, Program } from 'estree';
import type { BlockContent, DefinitionContent } from 'mdast';
import type { MdxJsxAttribute, MdxJsxFlowElement } from 'mdast-util-mdx-jsx';

export type Content = BlockContent | DefinitionContent;
type Value = string | number | boolean | readonly string[];

/** A component in the tree of a lesson. Properties that are undefined are left out. */
export function element(
  name: string,
  properties: Record<string, Value | undefined>,
  children: Content[] = [],
): MdxJsxFlowElement {
  const attributes = Object.entries(properties).flatMap(([key, value]): MdxJsxAttribute[] => {
    if (value === undefined) return [];
    return [{ type: 'mdxJsxAttribute', name: key, value: typeof value === 'string' ? value : expression(value) }];
  });
  return { type: 'mdxJsxFlowElement', name, attributes, children };
}

/** MDX compiles the estree alone; the text is for messages. */
function expression(value: Exclude<Value, string>): MdxJsxAttribute['value'] {
  const program: Program = {
    type: 'Program',
    sourceType: 'module',
    body: [{ type: 'ExpressionStatement', expression: toExpression(value) }],
  };
  return { type: 'mdxJsxAttributeValueExpression', value: JSON.stringify(value), data: { estree: program } };
}

function toExpression(value: Value): Exclude<Expression, ObjectExpression> {
  if (typeof value !== 'object') return { type: 'Literal', value };
  return { type: 'ArrayExpression', elements: value.map(toExpression) };
}
