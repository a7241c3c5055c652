import type * as z from 'zod';
import { HoplabError } from './errors.ts';

/** Where a value stands in its file; lines and columns count from 1. */
export type Position = { line: number; column: number };

/** Finds the position of a value by its path, for sources that know it (YAML, Markdown). */
export type Locate = (path: readonly PropertyKey[]) => Position | undefined;

export type Problem = { path: string; message: string; position?: Position };

/** Outside data that does not fit: every problem with its source, line and path. */
export class InvalidInput extends HoplabError {
  readonly source: string;
  readonly problems: readonly Problem[];

  constructor(source: string, problems: readonly Problem[], hint = '') {
    super('invalid-input', problems.map((p) => formatProblem(source, p)).join('\n'), hint);
    this.name = 'InvalidInput';
    this.source = source;
    this.problems = problems;
  }
}

/**
 * The one door for outside data: front matter, topologies, env, HTTP bodies, WebSocket messages, JSON columns.
 * @param source where the data came from, as its author would name it: `content/kans/topologies/one.yaml`
 * @throws InvalidInput naming every problem, not only the first
 */
export function parse<S extends z.ZodType>(schema: S, input: unknown, source: string, locate?: Locate): z.output<S> {
  const result = schema.safeParse(input, { reportInput: true });
  if (result.success) return result.data;
  const problems = result.error.issues.flatMap((issue) => problemsOf(issue, locate));
  throw new InvalidInput(source, problems);
}

function problemsOf(issue: z.core.$ZodIssue, locate?: Locate): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => problem([...issue.path, key], `unknown key "${key}"`, locate));
  }
  const got = 'input' in issue && isScalar(issue.input) ? `, got ${JSON.stringify(issue.input)}` : '';
  const message = issue.message.replace(/^Invalid input: /, '');
  return [problem(issue.path, got && !message.includes('received') ? message + got : message, locate)];
}

function problem(path: readonly PropertyKey[], message: string, locate?: Locate): Problem {
  const position = locate?.(path);
  return { path: path.map(String).join('.'), message, ...(position ? { position } : {}) };
}

function isScalar(value: unknown): boolean {
  return ['string', 'number', 'boolean'].includes(typeof value) && String(value).length <= 80;
}

/** `content/x.yaml:3:7: nodes.k8s-m.role: unknown key "role"` */
export function formatProblem(source: string, { path, message, position }: Problem): string {
  const at = position ? `${source}:${position.line}:${position.column}` : source;
  return path ? `${at}: ${path}: ${message}` : `${at}: ${message}`;
}
