import { cpSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { HoplabError } from '../../contract/errors.ts';
import { InvalidInput } from '../../contract/parse.ts';
import { recipeFolder } from '../recipe.ts';
import { ensureGo, goBuild, goList } from './go.ts';
import { filesBelow, recipeHashOf } from './hash.ts';
import type { BuildStep, Part } from './part.ts';
import { readRecipe, sourceName } from './recipe-file.ts';

/**
 * Upstream Go programs: `components/NAME` holds a Go module that pins one project by its go.sum, and component.json, which
 * says what to take from it. Nothing is patched.
 */
const componentSchema = z.strictObject({
  /** How long it takes from nothing on two cores, in seconds. */
  seconds: z.number(),
  /** Beside -s -w: versions, as the project's own build sets them. */
  ldflags: z.string().default(''),
  /** Program name → package. */
  programs: z.record(z.string(), z.string()),
  /** Files and folders of the module that are taken along: name here → path in it. */
  files: z.record(z.string(), z.string()).default({}),
  /** The module that `files` are in. */
  module: z.string().optional(),
});
type Component = z.output<typeof componentSchema>;

export const componentsFolder = (): string => join(recipeFolder(), 'components');

export function componentNames(): string[] {
  return readdirSync(componentsFolder()).filter((name) => existsSync(join(componentsFolder(), name, 'component.json')));
}

const GO_FLAGS = ['-trimpath'];

/** A part with `bin/PROGRAM` and `files/NAME`. @throws InvalidInput when component.json is not as it should be */
export function componentPart(name: string): Part {
  const folder = join(componentsFolder(), name);
  const file = join(folder, 'component.json');
  const component = readRecipe(componentSchema, file);
  const files = Object.keys(component.files);
  if (files.length > 0 && !component.module) {
    const problem = { path: 'files', message: 'there is no "module" that they are in' };
    throw new InvalidInput(sourceName(file), [problem], 'Name the Go module whose files they are.');
  }
  return {
    name: `component-${name}`,
    hash: recipeHashOf(GO_FLAGS, [folder]),
    seconds: component.seconds,
    provides: [...Object.keys(component.programs), ...files.map((key) => `files/${key}`)],
    build: (target, step) => build(folder, component, target, step),
  };
}

/** What tests of Go programs consist of changes no program. */
const GO_TESTS = /_test\.go$|\.test\.ts$|\/testdata\//;

/** Our own Go programs: one module in `tools/`, every folder below cmd/ one program. */
export function toolsPart(): Part {
  const folder = join(recipeFolder(), 'tools');
  const programs = readdirSync(join(folder, 'cmd')).filter((name) =>
    filesBelow(join(folder, 'cmd', name)).some((file) => file.endsWith('.go') && !GO_TESTS.test(file)),
  );
  return {
    name: 'tools',
    hash: recipeHashOf(GO_FLAGS, [folder], GO_TESTS),
    seconds: 10,
    provides: programs,
    async build(target, step) {
      const component = { ldflags: '', programs: Object.fromEntries(programs.map((name) => [name, `./cmd/${name}`])) };
      await compile(folder, component, target, step);
    },
  };
}

async function build(folder: string, component: Component, target: string, step: BuildStep): Promise<void> {
  await compile(folder, component, target, step);
  if (!component.module) return;
  const source = await goList(step, await ensureGo(step), folder, component.module);
  for (const [name, path] of Object.entries(component.files)) {
    if (!existsSync(join(source, path))) throw noSuchFile(folder, component.module, path);
    cpSync(join(source, path), join(target, 'files', name), { recursive: true });
  }
}

type Compiled = Pick<Component, 'ldflags' | 'programs'>;

async function compile(folder: string, { ldflags, programs }: Compiled, target: string, step: BuildStep) {
  const go = await ensureGo(step);
  const all = Object.entries(programs);
  for (const [i, [program, path]] of all.entries()) {
    step.say(`compiling ${program}`, i / all.length);
    const flags = [...GO_FLAGS, '-ldflags', `-s -w ${ldflags}`.trim()];
    await goBuild(step, go, { folder, flags, out: join(target, 'bin', program), path, temporary: join(target, 'tmp') });
  }
}

function noSuchFile(folder: string, module: string, path: string): HoplabError {
  const message = `${sourceName(join(folder, 'component.json'))}: files: ${module} has no ${path}`;
  return new HoplabError(
    'build-failed',
    message,
    'Look into the module: go mod download -json MODULE names its folder.',
  );
}
