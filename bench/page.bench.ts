import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from '@playwright/test';
import { stringify } from 'yaml';
import { AgentClient } from '../app/_lab/agents/client.ts';
import { browser as browserPath } from '../scripts/launch/browser.mjs';
import { withScratchStack } from '../scripts/launch/scratch.mjs';
import { fiveNodesAsWritten } from './five-nodes.ts';
import { median, report } from './report.ts';

/** The page: how soon a lesson comes, how much code it brings, and how soon a lab of five nodes shows a prompt in the browser. */
const LESSON = '/kubernetes-networking/namespaces';
const ROUNDS = 7;
const content = mkdtempSync(join(tmpdir(), 'hoplab-bench-content-'));
try {
  cpSync('content', content, { recursive: true });
  writeBenchCourse(join(content, 'bench'));
  await withScratchStack({ contentDir: content }, async (stack) => {
    await serverNumbers(stack.url);
    await labInBrowser(stack.url, new AgentClient(stack.agentUrl, stack.token));
  });
} finally {
  rmSync(content, { recursive: true, force: true });
}
process.exit(0);

async function serverNumbers(url: string): Promise<void> {
  const first = await fetchBytes(`${url}${LESSON}`, {});
  const cookie = (first.headers['set-cookie'] ?? []).map((line) => line.split(';')[0]).join('; ');
  const times: number[] = [];
  for (let i = 0; i < 40; i++) times.push((await fetchBytes(`${url}${LESSON}`, { cookie })).firstByteMs);
  report('lesson page warm, time to first byte', median(times.slice(10)), 'ms', 25);

  // Today's browsers do not load what is marked for those without modules.
  const tags = [...first.text.matchAll(/<script[^>]+src="([^"]+\.js[^"]*)"[^>]*>/g)].filter(
    (m) => !/nomodule/i.test(m[0]),
  );
  const scripts = [...new Set(tags.map((m) => m[1] ?? ''))];
  const sizes = await Promise.all(
    scripts.map((src) => fetchBytes(new URL(src, url).href, { 'accept-encoding': 'gzip' })),
  );
  report(
    'lesson page, first-load JavaScript without the terminal',
    sizes.reduce((sum, { bytes }) => sum + bytes, 0) / 1024,
    'kB',
    200,
  );
}

/** From the click that asks for a lab to a prompt on the screen, with the lab's build, its terminal and xterm.js. */
async function labInBrowser(url: string, agent: AgentClient): Promise<void> {
  const browser = await chromium.launch({ executablePath: browserPath() });
  const page = await browser.newPage();
  // What esbuild puts around functions is not there in the page.
  await page.addInitScript('globalThis.__name ??= (f) => f');
  await page.goto(`${url}/bench/five`);
  await prompt(page);
  const times: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    for (const { id } of await agent.labs()) await agent.destroy(id);
    await page.getByTestId('lab-start').waitFor();
    const ms = await clickToPrompt(page);
    if (round > 0) times.push(ms);
  }
  report('lab of 5 nodes in the browser, click to prompt', median(times), 'ms', 500);
  await browser.close();
}

type Screens = Map<string, { text(): string }>;

function prompt(page: Page): Promise<unknown> {
  return page.waitForFunction(() =>
    [...((globalThis as { __hoplabTerminals?: Screens }).__hoplabTerminals?.values() ?? [])].some((s) =>
      /root@/.test(s.text()),
    ),
  );
}

/** Measured in the page itself, so that the way to this process does not count. */
function clickToPrompt(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const screens = () => (globalThis as { __hoplabTerminals?: Screens }).__hoplabTerminals;
        const old = new Set(screens()?.keys());
        const started = performance.now();
        document.querySelector<HTMLElement>('[data-testid=lab-start]')?.click();
        const look = () => {
          const fresh = [...(screens() ?? [])].find(([id, screen]) => !old.has(id) && /root@/.test(screen.text()));
          if (fresh) resolve(performance.now() - started);
          else requestAnimationFrame(look);
        };
        look();
      }),
  );
}

type Fetched = { firstByteMs: number; bytes: number; text: string; headers: IncomingHttpHeaders };

function fetchBytes(url: string, headers: Record<string, string>): Promise<Fetched> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    get(url, { headers }, (response) => {
      const firstByteMs = performance.now() - started;
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const body = Buffer.concat(chunks);
        resolve({ firstByteMs, bytes: body.length, text: body.toString('utf8'), headers: response.headers });
      });
    }).on('error', reject);
  });
}

function writeBenchCourse(folder: string): void {
  mkdirSync(join(folder, 'topologies'), { recursive: true });
  mkdirSync(join(folder, '010-five'));
  writeFileSync(join(folder, 'course.yaml'), 'title: Bench\nsummary: For numbers.\n');
  writeFileSync(join(folder, 'topologies', 'five.yaml'), stringify(fiveNodesAsWritten));
  writeFileSync(
    join(folder, '010-five', 'lesson.mdx'),
    '---\ntitle: Five nodes\nsummary: For numbers.\nminutes: 1\ntopology: five\nneeds: []\nobjectives: [See a prompt]\n---\n\n## One {#one}\n\nNothing to do.\n',
  );
}
