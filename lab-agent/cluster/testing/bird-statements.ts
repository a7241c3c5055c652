/**
 * For tests: what a BIRD configuration says, block by block, in one form for BIRD 1.6 and BIRD 2, so that Calico's own
 * templates and ours can be compared. Knows where the two versions write one thing in two ways, and nothing of Calico.
 */
export type Statements = Map<string, string[]>;

const BLOCK = /(?:^|\n)\s*(protocol \w+(?: \w+)?|template bgp \w+|function [^\n(]+\([^)]*\))(?: from \w+)?\s*\{/g;

export function statementsOf(config: string): Statements {
  const text = config.replace(/#.*/g, '');
  const found: Statements = new Map();
  for (const head of text.matchAll(BLOCK)) {
    const start = head.index + head[0].length;
    const name = (head[1] as string).replace(/\s+/g, ' ').replace(' (', '(').trim();
    found.set(name, statements(text.slice(start, endOfBlock(text, start))));
  }
  return found;
}

/** The place of the brace that closes the block whose inside begins at `start`. */
function endOfBlock(text: string, start: number): number {
  let depth = 1;
  for (let at = start; at < text.length; at += 1) {
    if (text[at] === '{') depth += 1;
    if (text[at] === '}') depth -= 1;
    if (depth === 0) return at;
  }
  throw new Error(`a block of BIRD's configuration does not end: ${text.slice(start, start + 200)}`);
}

/** Sorted statements without braces and brackets, which conditions may have or not. */
function statements(block: string): string[] {
  const one = block
    .replace(/\bipv[46]\s*;/g, ';') // BIRD 2: a channel, with or without options
    .replace(/\bipv[46]\s*\{/g, '{')
    .replace(/[(){}]/g, ' ')
    .split(';')
    .map((statement) => statement.replace(/\s+/g, ' ').replace(/ ,/g, ',').trim())
    // The default of BIRD 1.6 written out, and BIRD 2's way to say what kind of password it is.
    .filter((statement) => !['', 'ttl security off', 'authentication md5', 'strict bind on'].includes(statement));
  return [...new Set(one)].sort();
}
