import { readFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { LessonPage } from './lesson-page.ts';

const COUNT = 3000;
const counting = `for i in $(seq 1 ${COUNT}); do echo line-$i-; sleep 0.001; done; echo all-$((40+2))-lines`;

/** Every line once and in order: nothing lost, nothing doubled. */
function lines(screen: string): number[] {
  return [...screen.matchAll(/^line-(\d+)-/gm)].map((match) => Number(match[1]));
}
const inOrder = (from: number) => Array.from({ length: COUNT - from + 1 }, (_, i) => from + i);

test('a reload in the middle of output loses no line and doubles none', async ({ page }) => {
  const lesson = new LessonPage(page);
  await lesson.openFresh();
  await lesson.type(counting);
  await expect.poll(() => lesson.screen()).toContain('line-300-');
  await page.reload();
  await expect.poll(() => lesson.screen(), { timeout: 30_000 }).toContain('all-42-lines');
  const seen = lines(await lesson.screen());
  expect(seen).toEqual(inOrder(seen[0] ?? 0));
  // Nothing that xterm.js answered while old output was shown again was typed into the shell.
  await lesson.type('echo quiet-$((1+1))');
  await expect.poll(() => lesson.screen()).toContain('quiet-2');
  expect(await lesson.screen()).not.toMatch(/command not found/);
});

test('a connection that drops in the middle of output is taken up where it was', async ({ page }) => {
  const cuts: (() => Promise<void>)[] = [];
  await page.routeWebSocket(/\/ws\/terminal/, (socket) => {
    const server = socket.connectToServer();
    cuts.push(async () => {
      await server.close();
      await socket.close({ code: 1012 });
    });
  });
  const lesson = new LessonPage(page);
  await lesson.openFresh();
  await lesson.type(counting);
  for (const mark of ['line-200-', 'line-900-', 'line-1600-']) {
    await expect.poll(() => lesson.screen()).toContain(mark);
    await cuts.at(-1)?.();
  }
  await expect.poll(() => lesson.screen(), { timeout: 30_000 }).toContain('all-42-lines');
  const seen = lines(await lesson.screen());
  expect(seen).toEqual(inOrder(seen[0] ?? 0));
  expect(cuts.length).toBeGreaterThan(3);
});

test('an agent that is killed loses no lab and no shell, and checks go on', async ({ page }) => {
  const lesson = new LessonPage(page);
  await lesson.open();
  await lesson.goTo('netns');
  await lesson.reset();
  const session = await lesson.terminal.getAttribute('data-terminal');
  await lesson.solve('KEPT=in-this-shell; ip netns add RED');
  process.kill(pids().agent, 'SIGKILL');
  await expect.poll(() => alive(pids().agent)).toBe(false);
  // What is typed into a connection that is just going is not sent again by itself: one types it once more.
  await expect(async () => {
    await expect(lesson.terminal).toHaveAttribute('data-status', 'live');
    await lesson.type('echo still-$KEPT');
    await expect.poll(() => lesson.screen(), { timeout: 3000 }).toContain('still-in-this-shell');
  }).toPass({ timeout: 45_000 });
  expect(await lesson.terminal.getAttribute('data-terminal')).toBe(session);
  await lesson.solve('ip netns add BLUE');
  await expect(lesson.check('blue-exists')).toHaveAttribute('data-verdict', 'met', { timeout: 30_000 });
});

test('an app that is killed comes back, and so does the page', async ({ page }) => {
  const lesson = new LessonPage(page);
  await lesson.openFresh();
  await lesson.solve('KEPT=through-the-app');
  process.kill(pids().app, 'SIGKILL');
  await expect(lesson.terminal).toHaveAttribute('data-status', /reconnecting|connecting/);
  await expect(lesson.terminal).toHaveAttribute('data-status', 'live', { timeout: 45_000 });
  await expect(async () => {
    await lesson.type('echo still-$KEPT');
    await expect.poll(() => lesson.screen(), { timeout: 3000 }).toContain('still-through-the-app');
  }).toPass({ timeout: 45_000 });
});

/** Which processes the stack runs, as it was when the tests began. */
function pids(): { app: number; agent: number } {
  return JSON.parse(process.env.HOPLAB_TEST_PIDS ?? '{}');
}

function alive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
