import { expect, test } from '@playwright/test';
import { loadLesson } from '../app/_lessons/index.ts';
import { LESSON, LessonPage } from './lesson-page.ts';

test('a newcomer takes the lesson from start to end and finds it done the next day', async ({ page, browser }) => {
  test.setTimeout(180_000);
  const failures: string[] = [];
  page.on('pageerror', (error) => failures.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && failures.push(message.text()));

  await page.goto('/');
  await page
    .getByRole('link', { name: /Network namespaces, veth and bridges/ })
    .first()
    .click();
  await expect(page).toHaveURL(new RegExp(LESSON));
  const lesson = new LessonPage(page);
  await lesson.live();
  await lesson.reset();

  const { steps } = await loadLesson('kubernetes-networking', 'namespaces', 'en');
  for (const step of steps) {
    await lesson.goTo(step.id);
    await expect(lesson.status(step.id)).not.toHaveAttribute('data-now', 'met');
    for (const { script } of step.solutions) await lesson.solve(script);
    // Nobody presses a button: the step turns green as the learner works.
    await expect(lesson.status(step.id), step.id).toHaveAttribute('data-reached', 'true');
    await expect(lesson.status(step.id), step.id).toHaveAttribute('data-now', 'met');
  }
  await expect(page.getByText('You have reached every step of this lesson.')).toBeVisible();
  expect(failures).toEqual([]);

  const nextDay = await browser.newContext();
  const again = await nextDay.newPage();
  await again.goto('/');
  await expect(again.getByText('Done')).toBeVisible();
  await nextDay.close();
});

test('a step that was reached stays reached after a reset, and says that it is not true now', async ({ page }) => {
  const lesson = new LessonPage(page);
  await lesson.open();
  await lesson.goTo('netns');
  await lesson.reset();
  await lesson.solve('ip netns add RED; ip netns add BLUE');
  await expect(lesson.status('netns')).toHaveAttribute('data-now', 'met');
  await lesson.reset();
  await expect(lesson.status('netns')).toHaveAttribute('data-now', 'not-met');
  await expect(lesson.status('netns')).toHaveAttribute('data-reached', 'true');
  await expect(lesson.status('netns')).toContainText('not true at the moment');
});

test('a wrong attempt is told what was expected, what was seen and the nearest thing', async ({ page }) => {
  const lesson = new LessonPage(page);
  await lesson.open();
  await lesson.goTo('netns');
  await lesson.reset();
  await lesson.solve('ip netns add Red; ip netns add BLUE');
  await expect(lesson.check('blue-exists')).toHaveAttribute('data-verdict', 'met');
  await expect(lesson.check('red-exists')).toHaveAttribute('data-verdict', 'not-met');
  await expect(lesson.check('red-exists')).toContainText('k8s-m has a network namespace RED');
  await expect(lesson.check('red-exists')).toContainText(/Observed.*BLUE.*Red/);
  await expect(lesson.check('red-exists')).toContainText('Names are case-sensitive.');

  await lesson.solve('ip netns del Red; ip netns add RED');
  await expect(lesson.check('red-exists')).toHaveAttribute('data-verdict', 'met');
});

test('a step far on can be reached at once, with the earlier ones solved', async ({ page }) => {
  const lesson = new LessonPage(page);
  await lesson.open();
  await lesson.bringTo('gateway');
  await expect(lesson.check('bridge-address')).toHaveAttribute('data-verdict', 'not-met');
  await lesson.solve('ip netns exec RED ping -c 1 -W 1 11.11.11.3');
  expect(await lesson.screen()).toMatch(/1 received/);
  await expect(page.getByText('br0').first()).toBeVisible();
});

test('commands run on a click, once, edited or not', async ({ page }) => {
  const lesson = new LessonPage(page);
  await lesson.openFresh();
  const command = lesson.step('netns').getByTestId('command').first();
  await command.getByRole('button', { name: 'Edit' }).click();
  await command.getByRole('textbox').fill('echo edited-$((40+2)) > /root/ran; echo shown-$((40+2))');
  await page.keyboard.press('Control+Enter');
  await expect.poll(() => lesson.screen()).toContain('shown-42');
  await page.reload();
  await lesson.ready();
  expect((await lesson.screen()).match(/^shown-42/gm)).toHaveLength(1);
});

test('questions are judged, and what explains them is not in the page before', async ({ page }) => {
  const html = await (await page.request.get(LESSON)).text();
  expect(html).not.toContain('The kernel makes');
  const lesson = new LessonPage(page);
  await lesson.open();
  const quiz = page.getByTestId('quiz-what-sleep-sees');
  await quiz.getByLabel('None at all').check();
  await quiz.getByRole('button', { name: 'Answer' }).click();
  await expect(quiz).toContainText('Not quite');
  await quiz.getByLabel('One, the loopback interface').check();
  await quiz.getByRole('button', { name: 'Answer' }).click();
  await expect(quiz).toContainText('Nothing is copied');
});

test('the whole page speaks Korean, and remembers it', async ({ page }) => {
  const lesson = new LessonPage(page);
  await lesson.open(`${LESSON}?lang=ko`);
  await expect(page.locator('html')).toHaveAttribute('lang', 'ko');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('네트워크');
  await page.goto(LESSON);
  await expect(page.locator('html')).toHaveAttribute('lang', 'ko');
  await page.context().clearCookies();
});
