import * as z from 'zod';
import { type CheckItem, checkItem, kindNames } from '../../lab-agent/contract/checks/index.ts';
import { InvalidInput, type Problem } from '../../lab-agent/contract/parse.ts';
import { type CheckName, namesIn } from './check-names.ts';
import type { Block } from './read-sections.ts';
import { nearest } from './suggest.ts';
import type { LessonCheck } from './types.ts';
import { parseYaml, readYaml, type YamlSource } from './yaml-source.ts';

/** What stands beside a kind in an item: the author's words for it, the author's hint, and the mark of a guard. */
const beside = z.strictObject({
  says: z.string().trim().min(1).optional(),
  miss: z.string().trim().min(1).optional(),
  keep: z.boolean().optional(),
});

/**
 * Reads the body of a `check ID` block: one item, or a list of them.
 * @throws InvalidInput with every problem of the block
 */
export function readCheck(block: Block, source: string): { check: LessonCheck; names: CheckName[] } {
  const yaml = readYaml(block.body, source, block.position.line);
  const written = Array.isArray(yaml.value) ? yaml.value : [yaml.value];
  const isList = Array.isArray(yaml.value);
  if (isList && written.length === 0)
    throw wrong(yaml, 'an empty list checks nothing: write an item like `- ping: {…}`');
  const problems: Problem[] = [];
  const items: CheckItem[] = [];
  const says: (string | undefined)[] = [];
  const misses: (string | undefined)[] = [];
  const keeps = new Set<boolean>();
  written.forEach((item, index) => {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) {
      problems.push(
        ...wrong(
          yaml,
          'a kind with its parameters is wanted: `ping: { node: k8s-m, to: 11.11.11.3 }`',
          isList ? [index] : [],
        ).problems,
      );
      return;
    }
    const { says: words, miss, keep, ...kinds } = item as Record<string, unknown>;
    const at = atIndex(yaml, isList ? index : undefined);
    const around = gather(problems, () => parseYaml(beside, at, { says: words, miss, keep }));
    const resolved = gather(problems, () => parseYaml(checkItem, at, kinds));
    keeps.add(around?.keep ?? false);
    says.push(around?.says);
    misses.push(around?.miss);
    if (resolved) items.push(resolved);
  });
  if (keeps.size > 1) problems.push(...wrong(yaml, '`keep: true` stands in every item of a list or in none').problems);
  if (problems.length > 0) throw new InvalidInput(source, problems.map(kindSuggested).filter(notImplied));
  return {
    check: { id: block.argument, items, says, misses, keep: keeps.has(true) },
    names: [...namesIn(yaml, yaml.value, [])],
  };
}

/** The same YAML seen from one item of its list, so that paths and positions stay those of the block. */
function atIndex(yaml: YamlSource, index: number | undefined): YamlSource {
  if (index === undefined) return yaml;
  return { ...yaml, locate: (path) => yaml.locate([index, ...path]) };
}

function gather<T>(problems: Problem[], read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}

function wrong(yaml: YamlSource, message: string, path: PropertyKey[] = []): InvalidInput {
  const position = yaml.locate(path);
  return new InvalidInput(yaml.source, [{ path: '', message, ...(position ? { position } : {}) }]);
}

/** An unknown key at the top of an item is a kind that does not exist, or a slip of one that does. */
function kindSuggested(problem: Problem): Problem {
  const unknown = /^unknown key "(.*?)"/.exec(problem.message)?.[1];
  if (unknown === undefined || problem.path !== unknown) return problem;
  const near = nearest(unknown, [...kindNames, 'says', 'miss', 'keep', 'not', 'baseline']);
  const advice = near ? `did you mean "${near}"?` : `known kinds: ${kindNames.join(', ')}`;
  return { ...problem, message: `there is no check of kind "${unknown}"; ${advice}` };
}

/** "A kind is wanted" says nothing more once an unknown kind has been named at the same place. */
function notImplied(problem: Problem, _index: number, all: Problem[]): boolean {
  return (
    !problem.message.startsWith('a kind of check is wanted') || !all.some((p) => p.message.startsWith('there is no'))
  );
}
