import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildClusterImage } from './cluster-image.mjs';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'hoplab-cluster-image-test-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const build = (script: string) => {
  const said: string[] = [];
  const say = (text: string) => said.push(text.replaceAll(dataDir, 'DATA').replace(/\d+ s/, 'N s'));
  const argv = ['sh', '-c', script];
  return { said, building: buildClusterImage({ image: { built: false }, dataDir, say, argv }) };
};

test('an image that is there is not built', () => {
  expect(buildClusterImage({ image: { built: true }, dataDir, say: () => undefined })).toBeUndefined();
  expect(existsSync(join(dataDir, 'logs'))).toBe(false);
});

test('a build in the background says when it begins and when it is done', async () => {
  const { said, building } = build('echo compiling');
  await building?.done;
  expect(said).toEqual([
    'Cluster image: being built in the background (10 to 15 minutes, once). Its log: DATA/logs/cluster-image.log',
    'Cluster image: ready after N s.',
  ]);
  expect(readFileSync(join(dataDir, 'logs/cluster-image.log'), 'utf8')).toBe('compiling\n');
});

test('a build that fails shows why, and what still works', async () => {
  const { said, building } = build('echo "no space left"; exit 3');
  await building?.done;
  expect(said[1]).toMatchInlineSnapshot(`
    "Cluster image: its build ended with status 3.
    no space left
    → All other lessons work. The next start goes on from where it stopped. Its log: DATA/logs/cluster-image.log"
  `);
});

test('a stopped build is ended, and is no failure', async () => {
  const { said, building } = build('exec sleep 1000');
  await building?.stop();
  await building?.done;
  expect(said).toHaveLength(1);
});
