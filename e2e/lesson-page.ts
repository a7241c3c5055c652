import { expect, type Page } from '@playwright/test';

/** The lesson page as a learner uses it, for the journeys. */
export const LESSON = '/kubernetes-networking/namespaces';

type Screens = Map<string, { node: string; text(): string }>;

export class LessonPage {
  readonly page: Page;
  constructor(page: Page) {
    this.page = page;
  }

  /** Opens the lesson as it was left: the lab and its shells may be those of an earlier test. */
  async open(path = LESSON): Promise<void> {
    await this.page.goto(path);
    await this.live();
  }

  /** Opens the lesson on fresh machines. */
  async openFresh(): Promise<void> {
    await this.open();
    await this.reset();
  }

  async live(): Promise<void> {
    await expect(this.page.getByTestId('lab-status')).toHaveText(/Running|실행 중/);
    await expect(this.terminal).toHaveAttribute('data-status', 'live');
  }

  /** There is a prompt to type at. */
  async ready(): Promise<void> {
    await this.live();
    await expect.poll(() => this.screen()).toMatch(/root@k8s-m/);
  }

  get terminal() {
    return this.page.locator('[data-terminal]:visible').first();
  }

  /** Fresh machines, through the page's own button. Those of a cluster take longer to be taken away. */
  async reset(timeout = 15_000): Promise<void> {
    const before = await this.terminal.getAttribute('data-terminal');
    await this.page.getByRole('button', { name: 'Reset' }).click();
    await this.page.getByRole('dialog').getByRole('button', { name: 'Reset the lab' }).click();
    await expect(this.terminal).not.toHaveAttribute('data-terminal', before ?? '', { timeout });
    await this.ready();
  }

  /** Types a line with the keyboard. */
  async type(line: string): Promise<void> {
    await this.terminal.locator('.xterm-helper-textarea').focus();
    await this.page.keyboard.type(line);
    await this.page.keyboard.press('Enter');
  }

  /** Types lines one after another, each when the prompt is back. */
  async solve(script: string): Promise<void> {
    for (const line of script.trim().split('\n')) {
      const before = await this.prompts();
      await this.type(line);
      await expect.poll(() => this.prompts()).toBeGreaterThan(before);
    }
  }

  /** What the first terminal holds, with what has scrolled away. */
  async screen(): Promise<string> {
    const id = await this.terminal.getAttribute('data-terminal');
    return this.page.evaluate((session) => {
      const screens = (globalThis as { __hoplabTerminals?: Screens }).__hoplabTerminals;
      return screens?.get(session ?? '')?.text() ?? '';
    }, id);
  }

  private async prompts(): Promise<number> {
    return (await this.screen()).split('root@k8s-m').length - 1;
  }

  step(id: string) {
    return this.page.locator(`[data-step="${id}"]`);
  }

  status(id: string) {
    return this.step(id).getByTestId('step-status');
  }

  check(id: string) {
    return this.page.getByTestId(`check-${id}`);
  }

  /** Scrolls a step to where the reader's eye is, so that it becomes the current one. */
  async goTo(id: string): Promise<void> {
    await this.step(id).evaluate((section) => section.scrollIntoView({ block: 'start', behavior: 'instant' }));
  }

  async bringTo(id: string): Promise<void> {
    await this.goTo(id);
    await this.step(id).getByRole('button', { name: 'Bring me to this step' }).click();
    await this.page.getByRole('dialog').getByRole('button', { name: 'Bring me there' }).click();
    await expect(this.page.getByTestId('lab-status')).not.toHaveText(/Running/);
    // The earlier solutions are typed as a learner would: some of them ping where nobody answers.
    await expect(this.page.getByTestId('lab-status')).toHaveText(/Running/, { timeout: 60_000 });
    await this.ready();
  }
}
