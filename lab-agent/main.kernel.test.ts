import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { imagePath } from './image/index.ts';

/** The agent as a process of its own, as `npm start` runs it. */
function start(runDir: string, env: Record<string, string> = {}): { child: ChildProcess; output(): string } {
  const child = spawn(process.execPath, ['--import', 'tsx', 'lab-agent/main.ts'], {
    env: {
      PATH: process.env.PATH,
      HOPLAB_RUN: runDir,
      HOPLAB_IMAGE: process.env.HOPLAB_TEST_IMAGE ?? imagePath().path,
      HOPLAB_AGENT_LISTEN: '127.0.0.1:0',
      HOPLAB_AGENT_TOKEN: 'a-token-for-the-test',
      ...env,
    },
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (text += chunk));
  return { child, output: () => text };
}

const ended = (child: ChildProcess) => new Promise<number | null>((resolve) => child.once('exit', resolve));

test('a second agent in the same folder says so, and Ctrl-C of the first leaves nothing behind', async () => {
  const runDir = mkdtempSync(join(tmpdir(), 'hoplab-main-'));
  const first = start(runDir);
  await expect.poll(first.output, { timeout: 20_000 }).toMatch(/listening on http/);

  const second = start(runDir);
  expect(await ended(second.child)).toBe(1);
  expect(second.output()).toContain(`another agent runs in ${runDir}`);
  expect(second.output()).toContain('End it first, or give this one another HOPLAB_RUN.');

  first.child.kill('SIGINT');
  expect(await ended(first.child)).toBe(0);
  expect(existsSync(runDir)).toBe(false);
  rmSync(runDir, { recursive: true, force: true });
});

test('a wrong setting is named, with what would be right', async () => {
  const runDir = mkdtempSync(join(tmpdir(), 'hoplab-main-'));
  const agent = start(runDir, { HOPLAB_AGENT_LISTEN: 'everywhere', HOPLAB_MAX_LABS: 'many' });
  expect(await ended(agent.child)).toBe(1);
  expect(agent.output()).toMatch(/HOPLAB_AGENT_LISTEN: unix:\/path or host:port is wanted/);
  expect(agent.output()).toMatch(/HOPLAB_MAX_LABS: /);
  rmSync(runDir, { recursive: true, force: true });
});
