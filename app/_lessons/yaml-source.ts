import { type Document, isMap, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import type * as z from 'zod';
import { InvalidInput, type Locate, type Position, type Problem, parse } from '../../lab-agent/contract/parse.ts';
import { knownKeys } from './known-keys.ts';
import { nearest } from './suggest.ts';

/** YAML text that knows where its values stand. `value` is plain data, not yet validated. */
export type YamlSource = { value: unknown; locate: Locate; source: string };

/**
 * Reads YAML, also a piece within another file.
 * @param source the file, as its author names it
 * @param linesBefore how many lines of that file stand before the text, so that positions are the file's
 * @throws InvalidInput for text that is no YAML
 */
export function readYaml(text: string, source: string, linesBefore = 0): YamlSource {
  const lines = new LineCounter();
  const document = parseDocument('\n'.repeat(linesBefore) + text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    const problems = document.errors.map((e): Problem => {
      return { path: '', message: `not valid YAML: ${e.message}`, position: positionAt(lines, e.pos[0]) };
    });
    throw new InvalidInput(source, problems);
  }
  const locate: Locate = (path) => {
    const offset = offsetOf(document, path);
    return offset === undefined ? { line: linesBefore + 1, column: 1 } : positionAt(lines, offset);
  };
  return { value: document.toJS(), locate, source };
}

/** `parse` for YAML: problems stand at their line, and unknown keys get the key that was probably meant. */
export function parseYaml<S extends z.ZodType>(schema: S, yaml: YamlSource, value: unknown = yaml.value): z.output<S> {
  try {
    return parse(schema, value, yaml.source, yaml.locate);
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    throw new InvalidInput(yaml.source, withSuggestions(schema, value, error.problems), error.hint);
  }
}

/** Adds to each unknown key what would have been right, and calls missing what is missing. */
function withSuggestions(schema: z.ZodType, value: unknown, problems: readonly Problem[]): Problem[] {
  return problems.map((problem) => {
    const unknown = /^unknown key "(.*)"$/.exec(problem.message)?.[1];
    if (unknown === undefined) return isMissing(value, problem) ? { ...problem, message: 'is missing' } : problem;
    const parent = problem.path.split('.').slice(0, -unknown.split('.').length);
    const known = knownKeys(schema, parent);
    const near = nearest(unknown, known);
    const advice = near ? `did you mean "${near}"?` : `known here: ${known.join(', ')}`;
    return known.length ? { ...problem, message: `${problem.message}; ${advice}` } : problem;
  });
}

/** zod's own words for it, "received undefined" and "Invalid input", tell an author little. */
function isMissing(value: unknown, { path, message }: Problem): boolean {
  if (!/received undefined|^Invalid input$|is wanted$/.test(message) || path === '') return false;
  let inner = value;
  for (const key of path.split('.')) inner = (inner as Record<string, unknown> | undefined)?.[key];
  return inner === undefined;
}

function positionAt(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}

/** Where a path's key stands; for what is missing, where its nearest holder stands. */
function offsetOf(document: Document.Parsed, path: readonly PropertyKey[]): number | undefined {
  let node: unknown = document.contents;
  let offset = (node as Node | null)?.range?.[0];
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step));
      if (!pair) break;
      offset = (pair.key as Node).range?.[0] ?? offset;
      node = pair.value;
    } else {
      const items = (node as { items?: unknown[] } | null)?.items;
      node = items?.[Number(step)];
      if (!node) break;
      offset = (node as Node).range?.[0] ?? offset;
    }
  }
  return offset;
}
