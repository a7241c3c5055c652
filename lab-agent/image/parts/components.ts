import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { parse } from '../../contract/parse.ts';
import { recipeFolder } from '../recipe.ts';
import { ensureGo } from './go.ts';
import { filesBelow, recipeHashOf } from './hash.ts';
import type { BuildStep, Part } from './part.ts';

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

/** A part with `bin/PROGRAM` and `files/NAME`. @throws InvalidInput when component.json is not as it should be */
export function componentPart(name: string): Part {
  const folder = join(componentsFolder(), name);
  const file = join(folder, 'component.json');
  const component = parse(componentSchema, JSON.parse(readFileSync(file, 'utf8')), file);
  return {
    name: `component-${name}`,
    hash: recipeHashOf(GO_FLAGS, [folder]),
    seconds: component.seconds,
    build: (target, step) => build(folder, component, target, step),
  };
}

/** Our own Go programs: one module in `tools/`, every folder below cmd/ one program. */
export function toolsPart(): Part {
  const folder = join(recipeFolder(), 'tools');
  return {
    name: 'tools',
    hash: recipeHashOf([GO_FLAGS, filesBelow(folder).length], [folder]),
    seconds: 10,
    async build(target, step) {
      step.say('compiling our own tools');
      const go = await ensureGo(step);
      mkdirSync(join(target, 'bin'));
      const argv = [go, 'build', ...GO_FLAGS, '-ldflags', '-s -w', '-o', join(target, 'bin'), './cmd/...'] as const;
      await step.run({ argv: [...argv], cwd: folder, env: GO_ENV });
    },
  };
}

const GO_FLAGS = ['-trimpath'];
const GO_ENV = { CGO_ENABLED: '0', GOFLAGS: '-mod=readonly', GOTOOLCHAIN: 'local', GOWORK: 'off' };

async function build(folder: string, component: Component, target: string, step: BuildStep): Promise<void> {
  const go = await ensureGo(step);
  mkdirSync(join(target, 'bin'));
  const programs = Object.entries(component.programs);
  for (const [i, [program, path]] of programs.entries()) {
    step.say(`compiling ${program}`, i / programs.length);
    await step.run({
      argv: [
        go,
        'build',
        ...GO_FLAGS,
        '-ldflags',
        `-s -w ${component.ldflags}`,
        '-o',
        join(target, 'bin', program),
        path,
      ],
      cwd: folder,
      env: GO_ENV,
    });
  }
  if (!component.module) return;
  let source = '';
  const argv = [go, 'list', '-m', '-f', '{{.Dir}}', component.module] as const;
  await step.run({ argv: [...argv], cwd: folder, env: GO_ENV, onLine: (line) => (source = line) });
  for (const [name, path] of Object.entries(component.files)) {
    cpSync(join(source, path), join(target, 'files', name), { recursive: true });
  }
}
