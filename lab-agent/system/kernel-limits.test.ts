import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import limits from './kernel-limits.json' with { type: 'json' };
import { raiseKernelLimits } from './kernel-limits.ts';

test('limits that are too small are raised, larger ones stay, and what cannot be raised is told', () => {
  const sysctl = mkdtempSync(join(tmpdir(), 'hoplab-sysctl-'));
  const file = (key: string) => join(sysctl, key.replaceAll('.', '/'));
  const put = (key: string, value: string) => {
    mkdirSync(dirname(file(key)), { recursive: true });
    writeFileSync(file(key), value);
  };
  try {
    put('fs.inotify.max_user_instances', '128\n');
    put('fs.inotify.max_user_watches', '9999999\n');
    put('kernel.keys.maxkeys', '200\n');
    put('kernel.pid_max', '100\n');
    expect(raiseKernelLimits(sysctl)).toEqual(['kernel.keys.maxbytes']);
    const now = (key: string) => Number(readFileSync(file(key), 'utf8'));
    expect(now('fs.inotify.max_user_instances')).toBeGreaterThanOrEqual(20 * 100);
    expect(now('fs.inotify.max_user_watches')).toBe(9999999);
    expect(now('kernel.keys.maxkeys')).toBe(5000);
    // Not one that agents change by themselves.
    expect(now('kernel.pid_max')).toBe(100);
  } finally {
    rmSync(sysctl, { recursive: true });
  }
});

test('every limit has a reason and is named once', () => {
  expect(new Set(limits.map(({ key }) => key)).size).toBe(limits.length);
  for (const { key, want, what } of limits) expect([key, want > 0, what.length > 0]).toEqual([key, true, true]);
});
