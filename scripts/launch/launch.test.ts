import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { benchRows, table } from './bench-table.mjs';
import { countLine, countPlaywright, countVitest, settle } from './count.mjs';
import { fingerprint } from './fingerprint.mjs';
import { npmPackagesAreInstalled } from './npm-packages.mjs';
import { choosePort, holderFrom } from './ports.mjs';
import { checkNode } from './prepare.mjs';
import { root, settings } from './settings.mjs';
import { isNewEnoughGo, usesApt } from './system-packages.mjs';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hoplab-launch-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a port that is taken leads to the next free one', async () => {
  const server = createServer();
  const taken = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });
  try {
    expect(await choosePort(taken, '127.0.0.1')).toBeGreaterThan(taken);
  } finally {
    server.close();
  }
});

test('who holds a port is read from ss, when it may be known', () => {
  const line = 'LISTEN 0 511 127.0.0.1:3000 0.0.0.0:* users:(("next-server (v1",pid=4242,fd=22))';
  expect(holderFrom(line)).toBe('next-server (v1 (process 4242)');
  expect(holderFrom('LISTEN 0 511 127.0.0.1:3000 0.0.0.0:*')).toBeUndefined();
});

test('Debian and what is derived from it have apt, others have not', () => {
  expect(usesApt('ID=debian\n')).toBe(true);
  expect(usesApt('ID=linuxmint\nID_LIKE="ubuntu debian"\n')).toBe(true);
  expect(usesApt('ID=fedora\nNAME="not ID=debian"\n')).toBe(false);
});

test('a Go counts from 1.26 on, and what is no Go does not', () => {
  const versions = ['go1.26.8\n', 'go1.27rc1', 'go1.19.8', 'go1.3', '', 'command not found'];
  expect(versions.map(isNewEnoughGo)).toEqual([true, true, false, false, false, false]);
});

test('an old Node and a run folder too long for sockets are refused with a way on', () => {
  expect(() => checkNode('20.19.0')).not.toThrow();
  expect(() => checkNode('18.20.4')).toThrowErrorMatchingInlineSnapshot(
    `[Trouble: Hoplab needs Node 20.19 or later; this is 18.20.4.]`,
  );
  expect(() => settings({ HOPLAB_RUN: `/${'x'.repeat(100)}` })).toThrow(/too long for the name of a socket/);
});

test('npm packages count as installed only when all of the lock file is there, other machines’ binaries apart', () => {
  const write = (file: string, packages: object) => writeFileSync(join(folder, file), JSON.stringify({ packages }));
  mkdirSync(join(folder, 'node_modules'));
  write('package-lock.json', {
    '': {},
    'node_modules/a': { version: '1.0.0' },
    'node_modules/a-win32': { version: '1.0.0', optional: true },
  });
  expect(npmPackagesAreInstalled(folder)).toBe(false);
  write('node_modules/.package-lock.json', { 'node_modules/a': { version: '0.9.0' } });
  expect(npmPackagesAreInstalled(folder)).toBe(false);
  write('node_modules/.package-lock.json', { 'node_modules/a': { version: '1.0.0' } });
  expect(npmPackagesAreInstalled(folder)).toBe(true);
});

test('a fingerprint changes with names and contents of sources, not with tests', () => {
  mkdirSync(join(folder, 'src'));
  writeFileSync(join(folder, 'src/a.ts'), '1');
  const before = fingerprint(folder, ['src', 'missing.ts']);
  writeFileSync(join(folder, 'src/a.test.ts'), 'x');
  expect(fingerprint(folder, ['src', 'missing.ts'])).toBe(before);
  writeFileSync(join(folder, 'src/a.ts'), '2');
  expect(fingerprint(folder, ['src', 'missing.ts'])).not.toBe(before);
});

test('a suite that ran nothing, or failed without a failed test, counts as one failure', () => {
  expect(settle({ passed: 0, failed: 0 }, 0)).toEqual({ passed: 0, failed: 1 });
  expect(settle({ passed: 7, failed: 0 }, 1)).toEqual({ passed: 7, failed: 1 });
  expect(settle({ passed: 7, failed: 2 }, 1)).toEqual({ passed: 7, failed: 2 });
  expect(countLine('1 passed, 0 failed\nnoise\n12 passed, 3 failed\n')).toEqual({ passed: 12, failed: 3 });
  expect(countVitest(join(folder, 'missing.json'))).toEqual({ passed: 0, failed: 0 });
});

test('a count from a reporter’s file says which tests failed and why, also where none could run', () => {
  const report = join(folder, 'r.json');
  const unloaded = { name: join(root, 'lab-agent/a.test.ts'), status: 'failed', message: 'no such module' };
  const played = {
    name: join(root, 'lab-agent/b.test.ts'),
    status: 'failed',
    assertionResults: [
      { status: 'passed', fullName: 'works' },
      {
        status: 'failed',
        fullName: 'is one',
        failureMessages: ['\u001b[31mexpected 2\u001b[39m\n\n    at b.test.ts:1\n    at node:internal'],
      },
    ],
  };
  const testResults = [{ ...unloaded, assertionResults: [] }, played];
  writeFileSync(report, JSON.stringify({ numPassedTests: 5, testResults }));
  expect(countVitest(report)).toEqual({
    passed: 5,
    failed: 2,
    failures: [
      'lab-agent/a.test.ts\n      no such module',
      'lab-agent/b.test.ts › is one\n      expected 2\n          at b.test.ts:1',
    ],
  });

  const results = [{ errors: [{ message: 'no such button' }] }];
  const specs = [
    { title: 'opens', ok: true, tests: [] },
    { title: 'closes', ok: false, tests: [{ results }] },
  ];
  const suites = [{ title: 'a.spec.ts', suites: [{ title: 'a page', specs }] }];
  writeFileSync(
    report,
    JSON.stringify({ stats: { expected: 1, unexpected: 1, flaky: 0 }, errors: [{ message: 'no browser' }], suites }),
  );
  expect(countPlaywright(report)).toEqual({
    passed: 1,
    failed: 2,
    failures: ['a.spec.ts › a page › closes\n      no such button', 'outside of any test\n      no browser'],
  });
});

test('bench lines become one table', () => {
  const rows = benchRows(
    'noise\n{"what":"teardown","value":123.456,"unit":"ms","target":300,"ok":true}\n{"broken\n{"what":"memory","value":17.25,"unit":"MB","target":15,"ok":false}\n',
  );
  expect(table(rows)).toMatchInlineSnapshot(`
    "      what      seen     to reach
    ok    teardown  123 ms   ≤ 300 ms
    MISS  memory    17.3 MB  ≤ 15 MB"
  `);
});
