import { expect, test } from '@playwright/test';
import { LessonPage } from './lesson-page.ts';

/** Terminals as people use them beside a lesson: several, split, searched, resized, and left by keyboard. */
test('two shells on one node stand side by side, each with a terminal of its own', async ({ page }) => {
  const lesson = new LessonPage(page);
  await lesson.openFresh();
  await page.getByRole('button', { name: 'Split side by side' }).click();
  const both = page.locator('[data-terminal]:visible');
  await expect(both).toHaveCount(2);
  await expect(page.getByRole('tab')).toHaveText(['k8s-m', 'k8s-m 2']);
  for (const at of [0, 1]) {
    await expect(both.nth(at)).toHaveAttribute('data-status', 'live');
    await both.nth(at).locator('.xterm-helper-textarea').focus();
    await page.keyboard.type(`tty > /root/tty-${at}\n`);
  }
  await both.nth(0).locator('.xterm-helper-textarea').focus();
  await page.keyboard.type('cat /root/tty-0 /root/tty-1\n');
  await expect.poll(() => lesson.screen()).toMatch(/\/dev\/pts\/0\s+\/dev\/pts\/1/);

  await page.getByRole('button', { name: 'Close k8s-m 2' }).click();
  await expect(page.getByRole('tab')).toHaveText(['k8s-m']);
});

test('the shell knows the size of its window, also after it has changed, and tmux fills it', async ({ page }) => {
  const lesson = new LessonPage(page);
  await lesson.openFresh();
  const width = async () => {
    await lesson.solve('echo "[$(stty size)]"');
    return Number([...(await lesson.screen()).matchAll(/^\[\d+ (\d+)\]/gm)].at(-1)?.[1]);
  };
  const before = await width();
  await page.setViewportSize({ width: 1000, height: 700 });
  await expect.poll(width).toBeLessThan(before);
  await lesson.type('tmux new "echo in-tmux-$((40+2)); sleep 60"');
  await expect.poll(() => lesson.screen()).toContain('in-tmux-42');
  await page.reload();
  // A program that draws the whole screen is asked to draw it again.
  await expect.poll(() => lesson.screen()).toContain('in-tmux-42');
});

test('everything in and around a terminal is reached by keyboard', async ({ page }) => {
  const lesson = new LessonPage(page);
  await lesson.openFresh();
  await lesson.solve('seq -f "needle-%g" 1 30');
  await page.keyboard.press('Control+Shift+F');
  await page.keyboard.type('needle-17');
  await expect(page.getByRole('search')).toContainText('1/1');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+=');
  await page.keyboard.press('F6');
  await expect(lesson.terminal.locator('.xterm-helper-textarea')).not.toBeFocused();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keyboard' })).toBeVisible();
  await page.keyboard.press('Escape');
  await page.keyboard.press('t');
  await expect(lesson.terminal.locator('.xterm-helper-textarea')).toBeFocused();

  await page.reload();
  await lesson.ready();
  await page.getByLabel('Terminal settings').click();
  await expect(page.getByRole('button', { name: 'Usual text size' })).toHaveText(/1[4-9] px/);
});

test('a shell that ends says so, and another one is a click away', async ({ page }) => {
  const lesson = new LessonPage(page);
  await lesson.openFresh();
  await lesson.type('exit 3');
  await expect(page.getByText('The shell has ended with status 3')).toBeVisible();
  await page.getByRole('button', { name: 'Open a new one' }).click();
  await lesson.ready();
  await lesson.solve('echo alive-$((40+2))');
  expect(await lesson.screen()).toContain('alive-42');
});

test('on a small screen text and lab take turns', async ({ page }) => {
  const lesson = new LessonPage(page);
  await lesson.openFresh();
  await page.setViewportSize({ width: 390, height: 844 });
  await page.reload();
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.locator('[data-terminal][data-status="live"]')).toBeAttached();
  await expect(page.locator('[data-terminal]')).not.toBeVisible();
  await lesson.step('processes').getByTestId('command').first().getByRole('button', { name: 'Run on k8s-m' }).click();
  await expect(lesson.terminal).toBeVisible();
  await expect.poll(() => lesson.screen()).toContain('ps axf');
});
