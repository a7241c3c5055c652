import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { imagePath, imagesFolder } from '../cache.ts';
import { cleanUp } from './clean.ts';
import { clusterRecipe } from './cluster-image.ts';
import { goCaches } from './go.ts';
import { partFolder, partsFolder } from './part.ts';

const DAYS = 24 * 3600;
let cache: string;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'hoplab-clean-test-'));
  vi.stubEnv('XDG_CACHE_HOME', cache);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(cache, { recursive: true, force: true });
});

/** A folder with a file in it, or a file, last used so many days ago. */
function put(path: string, days: number): string {
  if (/\.(log|json)$/.test(path)) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, '');
  } else {
    mkdirSync(join(path, 'rootfs'), { recursive: true });
    writeFileSync(join(path, 'rootfs', 'file'), '');
  }
  const then = Date.now() / 1000 - days * DAYS;
  utimesSync(path, then, then);
  return path;
}

test('images of old recipes go, the present node and cluster images stay and count as used', () => {
  const present = [imagePath().hash, clusterRecipe().hash].map((hash) => put(join(imagesFolder(), hash), 40));
  const recent = put(join(imagesFolder(), '1'.repeat(16)), 2);
  const old = put(join(imagesFolder(), '2'.repeat(16)), 3);
  const today = put(join(imagesFolder(), '3'.repeat(16)), 0);
  expect(cleanUp().sort()).toEqual(['1'.repeat(16), '2'.repeat(16)]);
  expect([recent, old, today, ...present].map(existsSync)).toEqual([false, false, true, true, true]);
  for (const path of present) expect(Date.now() - statSync(path).mtimeMs).toBeLessThan(60_000);
});

test('the image of an agent that runs stays, however old: its environment names it', async () => {
  const hash = '4'.repeat(16);
  const inUse = put(join(imagesFolder(), hash), 400);
  put(join(imagesFolder(), '5'.repeat(16)), 2);
  const { spawn } = await import('node:child_process');
  const agent = spawn('sleep', ['1000'], { env: { PATH: process.env.PATH, HOPLAB_CLUSTER_IMAGE: `${inUse}/rootfs` } });
  try {
    await new Promise((resolve) => agent.once('spawn', resolve));
    cleanUp();
    expect(existsSync(inUse)).toBe(true);
  } finally {
    agent.kill('SIGKILL');
  }
  put(inUse, 400);
  await vi.waitFor(() => expect(cleanUp()).toContain(hash), { timeout: 10_000 });
});

test('parts of the present recipe stay, others go after two weeks, what was cut off after a day', () => {
  const [first] = clusterRecipe().parts;
  if (!first) throw new Error('a recipe has parts');
  const mine = put(partFolder(first), 100);
  const mineLog = put(`${partFolder(first)}.log`, 100);
  const others = put(join(partsFolder(), `tools-${'1'.repeat(16)}`), 13);
  const old = put(join(partsFolder(), `tools-${'2'.repeat(16)}`), 15);
  const oldLog = put(join(partsFolder(), `tools-${'2'.repeat(16)}.log`), 15);
  const cut = put(join(partsFolder(), `store-${'3'.repeat(16)}.partial`), 2);
  const running = put(join(partsFolder(), `store-${'4'.repeat(16)}.partial`), 0);
  expect(cleanUp().sort()).toEqual([`store-${'3'.repeat(16)}.partial`, `tools-${'2'.repeat(16)}`]);
  expect([mine, mineLog, others, running].every(existsSync)).toBe(true);
  expect([old, oldLog, cut].some(existsSync)).toBe(false);
});

test('notes of builds whose image is gone go after a day, those of the present build stay', () => {
  const { hash } = clusterRecipe();
  const present = put(join(imagesFolder(), `${hash}.status.json`), 30);
  const gone = put(join(imagesFolder(), `${'6'.repeat(16)}.status.json`), 2);
  const log = put(join(imagesFolder(), `${'6'.repeat(16)}.log`), 2);
  put(join(imagesFolder(), '7'.repeat(16)), 0);
  const kept = put(join(imagesFolder(), `${'7'.repeat(16)}.log`), 30);
  cleanUp();
  expect([present, kept].every(existsSync)).toBe(true);
  expect([gone, log].some(existsSync)).toBe(false);
});

test('what Go kept for the build goes once the image is there, and not while another build goes on', () => {
  mkdirSync(imagesFolder(), { recursive: true });
  const { hash } = clusterRecipe();
  const [builds, modules] = Object.values(goCaches()).map((path) => put(path, 0)) as [string, string];
  cleanUp();
  expect([builds, modules].every(existsSync)).toBe(true);
  put(join(imagesFolder(), hash), 0);
  const lock = join(imagesFolder(), 'cluster-lock');
  writeFileSync(lock, '');
  cleanUp();
  expect([builds, modules].every(existsSync)).toBe(true);
  rmSync(lock);
  cleanUp();
  expect([builds, modules].some(existsSync)).toBe(false);
});
