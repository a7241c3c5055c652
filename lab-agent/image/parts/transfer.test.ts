import {
  appendFileSync,
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { HoplabError } from '../../contract/errors.ts';
import { run } from '../../system/exec.ts';
import { cacheFolder, imagePath } from '../cache.ts';
import { clusterImagePath } from './cluster-image.ts';
import { exportImages } from './transfer-export.ts';
import { HEAD_BYTES, headOf, readHead, type TransferManifest } from './transfer-file.ts';
import { importImages } from './transfer-import.ts';

let folder: string;
let file: string;
const TEMPLATE = 'a'.repeat(16);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hoplab-transfer-test-'));
  file = join(folder, 'images.tar');
  useCache('one');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const useCache = (name: string) => vi.stubEnv('XDG_CACHE_HOME', join(folder, name));

/** Images and templates as builds leave them, but small. */
function makeImages(): void {
  const [node, cluster] = [imagePath().path, clusterImagePath().path];
  for (const path of [node, cluster]) mkdirSync(join(path, 'usr/bin'), { recursive: true });
  writeFileSync(join(node, 'usr/bin/ip'), 'x'.repeat(300_000));
  chmodSync(join(node, 'usr/bin/ip'), 0o755);
  linkSync(join(node, 'usr/bin/ip'), join(cluster, 'usr/bin/ip'));
  symlinkSync('usr/bin', join(cluster, 'bin'));
  writeFileSync(
    join(cluster, 'usr/bin/kubelet'),
    Buffer.from(Array.from({ length: 200_000 }, (_, i) => (i * i) % 251)),
  );
  makeTemplate(TEMPLATE, clusterImagePath().hash);
  makeTemplate('b'.repeat(16), '0'.repeat(16));
  mkdirSync(join(cacheFolder(), 'templates', `${'c'.repeat(16)}.partial`));
}

function makeTemplate(name: string, image: string): void {
  const path = join(cacheFolder(), 'templates', name);
  mkdirSync(join(path, 'nodes/k8s-m'), { recursive: true });
  mkdirSync(join(path, 'api'), { mode: 0o700 });
  writeFileSync(join(path, 'api/client.key'), 'secret', { mode: 0o600 });
  writeFileSync(join(path, 'image'), `${image}\n`);
}

const manifestOf = (path: string): TransferManifest => readHead(readFileSync(path).subarray(0, HEAD_BYTES), path);

/** Another manifest over the same content. */
function change(path: string, changes: Partial<TransferManifest>): void {
  const bytes = readFileSync(path);
  headOf({ ...manifestOf(path), ...changes }).copy(bytes);
  writeFileSync(path, bytes);
}

/** The error's text, with what differs from run to run left out; and nothing may have become visible. */
async function refusal(source: string): Promise<string> {
  const error = await importImages(source).then(
    () => undefined,
    (thrown) => thrown,
  );
  if (!(error instanceof HoplabError)) throw error ?? new Error('it was not refused');
  const left = existsSync(cacheFolder()) ? readdirSync(cacheFolder()) : [];
  expect(left).toEqual([]);
  return `${error.message}\n→ ${error.hint}`
    .replaceAll(folder, 'FOLDER')
    .replaceAll(imagePath().hash, 'NODE')
    .replaceAll(clusterImagePath().hash, 'CLUSTER')
    .replace(/127\.0\.0\.1:\d+/, 'HOST');
}

test('what was exported is there after an import, links, modes and keys as they were, and only what is of use', async () => {
  makeImages();
  const stages: string[] = [];
  await exportImages(file, { onProgress: ({ stage }) => stages.push(stage) });
  expect(stages.length).toBeGreaterThan(0);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const { bytes, unpackedBytes } = manifestOf(file);
  expect(unpackedBytes).toBeLessThan(800_000); // the linked file counts once
  expect(bytes).toBeLessThan(unpackedBytes);

  useCache('two');
  const [node, cluster] = [imagePath(), clusterImagePath()];
  expect(await importImages(file)).toEqual([`images/${node.hash}`, `images/${cluster.hash}`, `templates/${TEMPLATE}`]);
  const linked = [node.path, cluster.path].map((path) => statSync(join(path, 'usr/bin/ip')));
  expect(linked[0]?.ino).toBe(linked[1]?.ino);
  expect((linked[0]?.mode ?? 0) & 0o777).toBe(0o755);
  expect(
    readFileSync(join(cluster.path, 'bin/kubelet')).equals(
      readFileSync(join(folder, 'one/hoplab/images', cluster.hash, 'rootfs/usr/bin/kubelet')),
    ),
  ).toBe(true);
  const template = join(cacheFolder(), 'templates', TEMPLATE);
  expect(statSync(template).mode & 0o777).toBe(0o700);
  expect(statSync(join(template, 'api/client.key')).mode & 0o777).toBe(0o600);
  expect(readdirSync(cacheFolder()).sort()).toEqual(['images', 'templates']);
  expect(await importImages(file)).toEqual([]);
});

test('the file is a tar archive that anyone can look into', async () => {
  makeImages();
  await exportImages(file);
  const listed = await run(['tar', '-tf', file]);
  expect(listed.stdout).toMatch(/^manifest\.json\ncontent\.tar\.(zst|gz)\n$/);
  const sum = await run(['sh', '-c', 'tar -xOf "$1" --wildcards "content.*" | sha256sum', 'sh', file]);
  expect(sum.stdout.slice(0, 64)).toBe(manifestOf(file).sha256);
});

test('without zstd it is packed by gzip, and read again', async () => {
  makeImages();
  const programs = join(folder, 'programs');
  mkdirSync(programs);
  for (const name of ['tar', 'gzip', 'setpriv']) {
    const found = (await run(['sh', '-c', 'command -v "$1"', 'sh', name])).stdout.trim();
    symlinkSync(found, join(programs, name));
  }
  vi.stubEnv('PATH', programs);
  await exportImages(file);
  expect(manifestOf(file).compression).toBe('gzip');
  useCache('two');
  expect(await importImages(file)).toHaveLength(3);

  useCache('three');
  change(file, { compression: 'zstd' });
  expect(await refusal(file)).toMatchInlineSnapshot(`
    "FOLDER/images.tar is packed with zstd, which is not installed on this machine.
    → Install it: apt-get install zstd"
  `);
});

test('nothing is exported before it has been built, and a file that cannot be written is told', async () => {
  const text = async () =>
    exportImages(join(folder, 'no/such/file')).catch((e) => `${e.message}\n→ ${e.hint}`.replaceAll(folder, 'FOLDER'));
  expect(await text()).toMatchInlineSnapshot(`
    "The node image of these sources has not been built yet, so there is nothing to export.
    → Build it first: npm run image -- ensure"
  `);
  makeImages();
  expect(await text()).toMatchInlineSnapshot(`
    "The images could not be exported: ENOENT: no such file or directory, open 'FOLDER/no/such/file.partial'
    → Nothing was written."
  `);
});

test('files that are cut off, damaged, of another recipe or machine, or no such files are refused', async () => {
  makeImages();
  await exportImages(file);
  const whole = readFileSync(file);
  useCache('two');

  const { bytes } = manifestOf(file);
  truncateSync(file, HEAD_BYTES + bytes - 1000);
  expect((await refusal(file)).replace(/\d+ of \d+/, 'N of M')).toMatchInlineSnapshot(`
    "FOLDER/images.tar is not whole: it ends after N of M bytes. Nothing was imported.
    → Copy or download it again, or export it again."
  `);

  writeFileSync(file, whole);
  change(file, { sha256: '0'.repeat(64) });
  expect(await refusal(file)).toMatchInlineSnapshot(`
    "FOLDER/images.tar is not whole: its SHA-256 is not the one that it was made with. Nothing was imported.
    → Copy or download it again, or export it again."
  `);

  writeFileSync(file, whole);
  const flipped = Buffer.from(whole);
  flipped.fill(0, HEAD_BYTES + 100, HEAD_BYTES + 200);
  writeFileSync(file, flipped);
  expect(await refusal(file)).toMatch(/^FOLDER\/images\.tar is not whole: /);

  writeFileSync(file, whole);
  change(file, { node: '1'.repeat(16), cluster: '2'.repeat(16) });
  expect(await refusal(file)).toMatchInlineSnapshot(`
    "FOLDER/images.tar holds the images of another recipe: node 1111111111111111, cluster 2222222222222222.
    These sources want node NODE, cluster CLUSTER.
    → Check out the version of Hoplab that it was exported from, or export it again from this one."
  `);

  writeFileSync(file, whole);
  change(file, { arch: 'arm64' });
  expect((await refusal(file)).replace(`is ${process.arch}`, 'is HERE')).toMatchInlineSnapshot(`
    "FOLDER/images.tar holds images for arm64; this machine is HERE.
    → Export them on a machine of the same kind, or let npm start build them here."
  `);

  writeFileSync(file, whole);
  change(file, { unpackedBytes: 1e15 });
  expect((await refusal(file)).replace(/has [\d.]+/, 'has N')).toMatchInlineSnapshot(`
    "The images take 1000000.0 GB of disk; FOLDER/two/hoplab has N GB free.
    → Make room, or set XDG_CACHE_HOME to a folder on a larger disk."
  `);

  writeFileSync(file, 'something else');
  expect(await refusal(file)).toMatchInlineSnapshot(`
    "FOLDER/images.tar is no file of Hoplab's images.
    → Such a file is made by: npm run image -- export FILE"
  `);
  expect(await refusal(join(folder, 'missing.tar'))).toMatchInlineSnapshot(`
    "FOLDER/missing.tar cannot be read: ENOENT: no such file or directory, open 'FOLDER/missing.tar'
    → Name a file that npm run image -- export made, or a URL of one."
  `);
});

/** Serves it for as long as the test runs. */
async function serve(listener: RequestListener): Promise<{ url: string } & AsyncDisposable> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/images.tar`,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

test('an import from a URL goes on where the connection broke', async () => {
  makeImages();
  await exportImages(file);
  useCache('two');
  const whole = readFileSync(file);
  const asked: (string | undefined)[] = [];
  const half = Math.floor(whole.length / 2);
  await using server = await serve((request, response) => {
    asked.push(request.headers.range);
    const at = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    response.writeHead(at > 0 ? 206 : 200, { 'content-length': whole.length - at });
    if (at > 0) response.end(whole.subarray(at));
    else response.write(whole.subarray(0, half), () => response.destroy());
  });
  expect(await importImages(server.url)).toHaveLength(3);
  expect(asked).toEqual([undefined, `bytes=${half}-`]);
});

test('a URL that has nothing, or a server that cannot go on, is told', async () => {
  makeImages();
  await exportImages(file);
  useCache('two');
  const whole = readFileSync(file);
  await using nothing = await serve((_, response) => response.writeHead(404).end());
  expect(await refusal(nothing.url)).toMatchInlineSnapshot(`
    "http://HOST/images.tar answers 404.
    → Check the address; or download the file by other means and import it."
  `);
  await using forgetful = await serve((_, response) => {
    response.writeHead(200, { 'content-length': whole.length });
    response.write(whole.subarray(0, HEAD_BYTES + 99), () => response.destroy());
  });
  expect(await refusal(forgetful.url)).toMatchInlineSnapshot(`
    "http://HOST/images.tar: the connection broke after 4707 bytes, and this server cannot go on from there.
    → Check the address; or download the file by other means and import it."
  `);
});

test('what an import that was killed left behind goes with the next one', async () => {
  makeImages();
  await exportImages(file);
  useCache('two');
  const left = join(cacheFolder(), 'import.999999999.1.partial');
  mkdirSync(left, { recursive: true });
  appendFileSync(join(left, 'half'), 'x');
  await importImages(file);
  expect(existsSync(left)).toBe(false);
});
