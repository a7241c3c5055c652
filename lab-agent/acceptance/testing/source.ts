import { readFileSync } from 'node:fs';
import { parse as parseYaml } from 'yaml';
import * as z from 'zod';
import { parse } from '../../contract/parse.ts';

/** For tests: the commands that the lessons' sources type, as the shared file has them. */
const FILE = 'lab-agent/acceptance/source-commands.yaml';

const sourceCommand = z.strictObject({
  id: z.string(),
  lesson: z.string(),
  /** A node, or pod/NAME. */
  at: z.string(),
  given: z.array(z.string()).default([]),
  run: z.string(),
  expect: z.array(z.string()).min(1),
  absent: z.array(z.string()).default([]),
  note: z.string().optional(),
});
export type SourceCommand = z.output<typeof sourceCommand>;

export const source = parse(
  z.strictObject({
    version: z.literal(1),
    commands: z.array(sourceCommand),
    setups: z.record(z.string(), z.string()),
  }),
  parseYaml(readFileSync(FILE, 'utf8')),
  FILE,
);

/** @throws Error naming what is no entry of the file */
export function commandOf(id: string): SourceCommand {
  const found = source.commands.find((command) => command.id === id);
  if (!found) throw new Error(`${FILE} has no entry ${id}`);
  return found;
}

/** The patterns of a command that its output does not fulfil, each with what is wrong. */
export function complaints(command: SourceCommand, output: string): string[] {
  const lacking = command.expect.filter((pattern) => !new RegExp(pattern, 'm').test(output));
  const unwanted = command.absent.filter((pattern) => new RegExp(pattern, 'm').test(output));
  return [...lacking.map((pattern) => `does not match ${pattern}`), ...unwanted.map((p) => `must not match ${p}`)];
}
