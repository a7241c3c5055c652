import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { cleanOldImages, imagePath, imagesFolder } from './cache.ts';
import { takeLock } from './lock.ts';
import { progressReader } from './progress.ts';
import { packageList, recipeFiles, recipeHash } from './recipe.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hoplab-image-test-'));
  vi.stubEnv('XDG_CACHE_HOME', folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

test('the recipe names packages and files, and its hash changes with either', () => {
  expect(packageList()).toContain('iproute2');
  expect(packageList().some((name) => /[^a-z0-9.+-]/.test(name))).toBe(false);
  const start = recipeFiles().find(({ path }) => path === 'usr/share/hoplab/internet/start');
  expect(start?.mode).toBe(0o755);
  const copy = join(folder, 'recipe');
  cpSync('lab-agent/image', copy, { recursive: true });
  expect(recipeHash(copy)).toBe(recipeHash());
  writeFileSync(join(copy, 'files/root/.vimrc'), '');
  const withFile = recipeHash(copy);
  expect(withFile).not.toBe(recipeHash());
  writeFileSync(join(copy, 'packages.txt'), 'iproute2\n');
  expect(recipeHash(copy)).not.toBe(withFile);
});

test('old images go, but not the present one, the one used last, and those that labs stand on', () => {
  const image = (hash: string, day: number) => {
    mkdirSync(join(imagesFolder(), hash, 'rootfs'), { recursive: true });
    utimesSync(join(imagesFolder(), hash), day, day);
    return hash;
  };
  const [oldest, old, inUse, recent] = ['1', '2', '3', '4'].map((digit, day) => image(digit.repeat(16), day + 1));
  image(imagePath().hash, 0);
  expect(cleanOldImages({ inUse: [inUse as string] }).sort()).toEqual([oldest, old]);
  expect(existsSync(join(imagesFolder(), recent as string))).toBe(true);
  expect(existsSync(imagePath().path)).toBe(true);
});

test('a lock is waited for, and one whose holder is dead is taken', async () => {
  const file = join(folder, 'lock');
  writeFileSync(file, '999999999 1\n');
  const first = await takeLock(file);
  let told: number | undefined;
  const second = takeLock(file, {
    onWait: (pid) => {
      told = pid;
      first[Symbol.dispose]();
    },
  });
  (await second)[Symbol.dispose]();
  expect(told).toBe(process.pid);
  expect(existsSync(file)).toBe(false);
});

test('progress counts packages, never goes back, and leaves room for the end', () => {
  const read = progressReader(4);
  const lines = [
    'Get:1 http://deb.debian.org/debian trixie InRelease [140 kB]',
    '0 upgraded, 2 newly installed, 0 to remove and 0 not upgraded.',
    'Get:1 http://deb.debian.org/debian trixie/main amd64 bash amd64 5.2 [1,500 kB]',
    'Unpacking bash (5.2) ...',
    'Setting up bash (5.2) ...',
    '0 upgraded, 2 newly installed, 0 to remove and 0 not upgraded.',
    'Unpacking vim (9.1) ...',
    'Unpacking jq (1.7) ...',
    'Unpacking less (6) ...',
    'Setting up vim (9.1) ...',
    'Setting up jq (1.7) ...',
    'Setting up less (6) ...',
  ];
  const seen = lines.map((line) => Math.round(read(line).fraction * 100));
  expect(seen).toEqual([0, 0, 8, 18, 24, 24, 41, 59, 76, 83, 89, 95]);
});
