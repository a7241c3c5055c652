import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { run } from '../../system/exec.ts';
import { cacheFolder } from '../cache.ts';
import { toolsPart } from './components.ts';
import { ensureGo, goBuild } from './go.ts';
import { type BuildStep, ensurePart, type Part } from './part.ts';

/** What Go has compiled before: its own library takes half a minute. */
const GOCACHE = process.env.GOCACHE ?? join(dirname(cacheFolder()), 'go-build');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hoplab-go-test-'));
  vi.stubEnv('GOCACHE', GOCACHE);
  vi.stubEnv('XDG_CACHE_HOME', join(folder, 'cache'));
  mkdirSync(join(folder, 'cache'));
  const module = join(folder, 'module');
  mkdirSync(join(module, 'lib'), { recursive: true });
  writeFileSync(join(module, 'go.mod'), 'module test\n\ngo 1.26\n');
  writeFileSync(join(module, 'main.go'), 'package main\n\nfunc main() { println("it runs") }\n');
  writeFileSync(join(module, 'lib/lib.go'), 'package lib\n\nfunc Nothing() {}\n');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** A part that is built as real ones are, with the log and the errors of real ones. */
const make = (build: Part['build'], signal?: AbortSignal) =>
  ensurePart({ name: 'mine', hash: '1'.repeat(16), seconds: 1, build }, { say: () => undefined, signal });

const compile = (path: string) => async (target: string, step: BuildStep) =>
  goBuild(step, await ensureGo(step), {
    folder: join(folder, 'module'),
    flags: [],
    out: join(target, 'bin/it'),
    path,
    temporary: join(target, 'tmp'),
  });

test('a program is compiled, and nothing else is left beside it', async () => {
  const part = await make(compile('.'));
  expect(readdirSync(part)).toEqual(['bin']);
  expect(await run([join(part, 'bin/it')])).toMatchObject({ ended: 'exit', code: 0, stderr: 'it runs\n' });
});

test('a package that is no program is an error, and the part does not count as built', async () => {
  const text = await make(compile('./lib')).catch((error) =>
    `${error.message}\n→ ${error.hint}`.replace(folder, 'FOLDER'),
  );
  expect(text).toMatchInlineSnapshot(`
    "go build of ./lib in FOLDER/module made no program: it is no "package main"
    → Name a package that holds a main function."
  `);
  expect(readdirSync(join(folder, 'cache/hoplab/parts')).sort()).toEqual([
    `mine-${'1'.repeat(16)}.log`,
    `mine-${'1'.repeat(16)}.partial`,
  ]);
});

test('a build that does not compile shows the compiler’s own words and its log', async () => {
  writeFileSync(join(folder, 'module/main.go'), 'package main\n\nfunc main() { nothing() }\n');
  const text = await make(compile('.')).catch((error) =>
    `${error.message}\n→ ${error.hint}`.replaceAll(folder, 'FOLDER'),
  );
  expect((text as string).replace(/\S*go build/, 'go build')).toMatchInlineSnapshot(`
    "The cluster image's part mine could not be built: go ended with status 1.
    # test
    ./main.go:3:15: undefined: nothing
    → Log: FOLDER/cache/hoplab/parts/mine-1111111111111111.log. Run it again: what is built and downloaded is kept."
  `);
});

test('a build that is stopped takes its compilers with it', async () => {
  const stop = new AbortController();
  const mark = join(folder, 'started');
  const sleeper = `echo started > ${mark}; sleep 4321 & wait`;
  const building = make((_, step) => step.run({ argv: ['sh', '-c', sleeper], apart: true }), stop.signal);
  while (!existsSync(mark)) await sleep(20);
  stop.abort();
  await expect(building).rejects.toThrow(/abort/i);
  await vi.waitFor(async () => expect((await run(['pgrep', '-f', 'sleep 4321'])).stdout).toBe(''), { timeout: 5000 });
});

test('a build for another user leaves nothing among what is theirs', async () => {
  chownSync(join(folder, 'cache'), 1234, 1234);
  vi.stubEnv('GOCACHE', undefined);
  await make(compile('.'));
  expect(readdirSync(join(folder, 'cache'))).toEqual(['hoplab']);
  expect(readdirSync(join(folder, 'cache/hoplab')).sort()).toEqual(['go-build', 'parts']);
}, 180_000);

test('our own tools compile, every folder of cmd/ to one program', async () => {
  const part = await ensurePart(toolsPart(), { say: () => undefined });
  expect(readdirSync(join(part, 'bin')).sort()).toEqual([...(toolsPart().provides ?? [])].sort());
});
