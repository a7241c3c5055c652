import { Fragment, type ReactNode } from 'react';

/**
 * The little Markdown of one-line texts that come over the wire (an author's `miss`, a quiz's explanation): code, strong and
 * emphasis. A parser would weigh more than all of the page's own code.
 */
export function InlineMarkdown({ text }: { text: string }): ReactNode {
  return text.split(/\n{2,}/).map((paragraph, i) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: text is cut in order and never reordered
    <Fragment key={i}>
      {i > 0 && <br />}
      {spans(paragraph)}
    </Fragment>
  ));
}

function spans(text: string): ReactNode[] {
  return text.split(/(`[^`]+`|\*\*[^*]+\*\*|\*[^*]+\*)/).map((part, i) => {
    const key = `${i}`;
    if (part.startsWith('`') && part.length > 2) return <code key={key}>{part.slice(1, -1)}</code>;
    if (part.startsWith('**') && part.length > 4) return <strong key={key}>{part.slice(2, -2)}</strong>;
    if (part.startsWith('*') && part.length > 2) return <em key={key}>{part.slice(1, -1)}</em>;
    return <Fragment key={key}>{part}</Fragment>;
  });
}
