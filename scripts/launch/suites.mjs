import { spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { countLine, countPlaywright, countVitest, settle } from './count.mjs';
import { nodeImage } from './image.mjs';
import { tool } from './run.mjs';
import { withScratchStack } from './scratch.mjs';
import { root, Trouble } from './settings.mjs';

const results = join(root, 'test-results');

/** Every browser test is another learner's page, and several labs may be closing while the next is built. */
export const TEST_LIMITS = { HOPLAB_MAX_LABS_PER_LEARNER: '20' };

/** Each suite runs with its output shown, and resolves to how many tests passed and failed. */
const SUITES = {
  format: () => command([tool('biome'), 'ci', '.']),
  types: () =>
    each(['lab-agent/contract', 'lab-agent', '.'].map((project) => [tool('tsc'), '-p', project, '--noEmit'])),
  unit: () => vitest('unit'),
  lessons: () => command([tool('tsx'), 'app/_lessons/check-cli.ts']),
  kernel: async () => vitest('kernel', await testImages()),
  verify: () => withScratchStack({ app: false }, (stack) => verify(stack)),
  browser: () => withScratchStack({ env: TEST_LIMITS }, (stack) => playwright(stack)),
};

/** Suites that need neither root nor the node image. */
export const QUICK = ['format', 'types', 'unit', 'lessons'];
export const ALL = Object.keys(SUITES);

/**
 * Runs suites one after another; a failing one does not keep the next from running.
 * @param {string[]} names
 * @returns {Promise<{ passed: number, failed: number }>} over all
 */
export async function runSuites(names) {
  const unknown = names.filter((name) => !(name in SUITES));
  if (unknown.length > 0) throw new Trouble(`There is no suite ${unknown.join(', ')}.`, `Suites: ${ALL.join(', ')}.`);
  mkdirSync(results, { recursive: true });
  const total = { passed: 0, failed: 0 };
  const rows = [];
  const told = [];
  for (const name of names) {
    console.log(`\n── ${name} ${'─'.repeat(70 - name.length)}`);
    const started = performance.now();
    const count = await SUITES[name]().catch((error) => {
      console.error(error instanceof Trouble ? `${error.message}\n→ ${error.hint}` : error);
      return { passed: 0, failed: 1 };
    });
    const { passed, failed, failures = [] } = count;
    total.passed += passed;
    total.failed += failed;
    told.push(...failures.map((failure) => `  ✗ ${name}: ${failure}\n`));
    rows.push(
      `${failed === 0 ? 'ok  ' : 'FAIL'} ${name.padEnd(8)} ${passed} passed, ${failed} failed, ${((performance.now() - started) / 1000).toFixed(1)} s`,
    );
  }
  // Whoever reads a long log reads its end first: the first failure, from which others may follow, stands last.
  if (told.length > 0) console.log(`\n── what failed, the first last ${'─'.repeat(44)}\n${told.reverse().join('')}`);
  console.log(`\n${rows.map((row) => `  ${row}`).join('\n')}\n`);
  return total;
}

/** Plays lessons on a running agent. @param {string[]} lessons all when empty */
export async function verify(stack, lessons = []) {
  const { code, output } = await shown([tool('tsx'), 'app/_lessons/verify-cli.ts', ...lessons], agentEnv(stack));
  return settle(countLine(output), code);
}

/** Runs the browser tests on a running stack. @param {string[]} args for Playwright */
export async function playwright(stack, args = []) {
  const file = join(results, 'playwright.json');
  rmSync(file, { force: true });
  const env = {
    ...agentEnv(stack),
    HOPLAB_TEST_URL: stack.url,
    HOPLAB_TEST_DATA: stack.dataDir,
    HOPLAB_TEST_PIDS: JSON.stringify(stack.pids()),
    PLAYWRIGHT_JSON_OUTPUT_NAME: file,
  };
  const { code } = await shown([tool('playwright'), 'test', '--reporter=list,json', ...args], env);
  return settle(countPlaywright(file), code);
}

export const agentEnv = (stack) => ({
  HOPLAB_AGENT_URL: stack.agentUrl,
  HOPLAB_AGENT_TOKEN: stack.token,
  HOPLAB_ROOT: root,
});

/** Proves what only another kernel can show, on the agent of a virtual machine. @param {{ url: string, token: string }} machine */
export function runInMachine({ url, token }) {
  mkdirSync(results, { recursive: true });
  return vitest('vm', { HOPLAB_AGENT_URL: url, HOPLAB_AGENT_TOKEN: token });
}

async function vitest(project, env = {}) {
  const file = join(results, `${project}.json`);
  rmSync(file, { force: true });
  const { code } = await shown(
    [tool('vitest'), 'run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${file}`],
    env,
  );
  return settle(countVitest(file), code);
}

async function testImages() {
  const { path, cluster } = await nodeImage();
  return { HOPLAB_TEST_IMAGE: path, HOPLAB_TEST_CLUSTER_IMAGE: cluster.path };
}

async function each(argvs) {
  const total = { passed: 0, failed: 0 };
  for (const argv of argvs) {
    const one = await command(argv);
    total.passed += one.passed;
    total.failed += one.failed;
  }
  return total;
}

/** A command that passes or fails as a whole. */
async function command(argv) {
  const { code } = await shown(argv);
  return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/** Runs a program with its output shown and kept. */
function shown(argv, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(argv[0], argv.slice(1), {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const [from, to] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ]) {
      from.setEncoding('utf8').on('data', (text) => {
        output += text;
        to.write(text);
      });
    }
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}
