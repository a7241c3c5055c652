import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { tendClusterImage } from './cluster-image.mjs';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'hoplab-cluster-image-test-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const tend = (built: boolean, script: string) => {
  const said: string[] = [];
  const say = (text: string) => said.push(text.replaceAll(dataDir, 'DATA').replace(/\d+ s/, 'N s'));
  const other = () => {
    throw new Error('this is not to be done');
  };
  const argv = () => ['sh', '-c', script];
  const commands = built ? { clean: argv, build: other } : { build: argv, clean: other };
  return { said, ...tendClusterImage({ image: { built }, dataDir, say, commands }) };
};
const log = () => readFileSync(join(dataDir, 'logs/cluster-image.log'), 'utf8');

test('an image that is there is not built: what old ones left is removed, without a word', async () => {
  const { said, done } = tend(true, 'echo removed');
  await done;
  expect([said, log()]).toEqual([[], 'removed\n']);
});

test('a build in the background says when it begins and when it is done', async () => {
  const { said, done } = tend(false, 'echo compiling');
  await done;
  expect(said).toEqual([
    'Cluster image: being built in the background (up to 15 minutes, once). Its log: DATA/logs/cluster-image.log',
    'Cluster image: ready after N s.',
  ]);
  expect(log()).toBe('compiling\n');
});

test('a build that fails shows why, and what still works', async () => {
  const { said, done } = tend(false, 'echo "no space left"; exit 3');
  await done;
  expect(said[1]).toMatchInlineSnapshot(`
    "Cluster image: its build ended with status 3.
    no space left
    → All other lessons work. The next start goes on from where it stopped. Its log: DATA/logs/cluster-image.log"
  `);
});

test('a stopped build is ended, and is no failure', async () => {
  const { said, stop, done } = tend(false, 'exec sleep 1000');
  await stop();
  await done;
  expect(said).toHaveLength(1);
});
