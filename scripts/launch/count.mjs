import { readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { root } from './settings.mjs';

/** So much of a failure's reason is told at the end; all of it stands where it happened. */
const MOST_LINES = 20;

/**
 * What a suite came to. A suite that ran nothing has failed: silence must not look like success.
 * @typedef {{ passed: number, failed: number, failures?: string[] }} Count `failures`: which failed and why, told where known
 */

/** @returns {Count} from the file of vitest's JSON reporter */
export function countVitest(file) {
  const report = readJson(file);
  if (!report) return { passed: 0, failed: 0 };
  const failures = report.testResults.flatMap(({ name, message, status, assertionResults: tests }) => {
    const failed = tests.filter((one) => one.status === 'failed');
    // A file that could not be loaded, or whose preparation failed, has no tests of its own to fail.
    if (status === 'failed' && failed.length === 0) return [failure([name], message)];
    return failed.map((one) => failure([name, one.fullName], one.failureMessages[0]));
  });
  return { passed: report.numPassedTests, failed: failures.length, failures };
}

/** From the file of Playwright's JSON reporter; a test that passed only when tried again counts as passed. */
export function countPlaywright(file) {
  const report = readJson(file);
  if (!report) return { passed: 0, failed: 0 };
  const { expected, unexpected, flaky } = report.stats;
  const failed = [...specsOf(report)].filter(({ spec }) => !spec.ok);
  const failures = failed.map(({ spec, path }) => failure(path, whyOf(spec)));
  const outside = report.errors.map((error) => failure(['outside of any test'], error.message));
  return { passed: expected + flaky, failed: unexpected + outside.length, failures: [...failures, ...outside] };
}

/** Every spec of Playwright's tree of suites, with the titles that lead to it. */
function* specsOf({ suites = [], specs = [] }, above = []) {
  for (const spec of specs) yield { spec, path: [...above, spec.title] };
  for (const suite of suites) yield* specsOf(suite, [...above, suite.title]);
}

const whyOf = (spec) => spec.tests.flatMap((test) => test.results.flatMap((result) => result.errors ?? []))[0]?.message;

/** A path of titles, and the first lines of the reason, of its stack the place alone. */
function failure(path, message = '') {
  const lines = stripVTControlCharacters(message)
    .split('\n')
    .filter((line) => line.trim() !== '');
  const place = lines.findIndex((line) => /^\s*at /.test(line));
  const told = place < 0 ? lines : lines.slice(0, place + 1);
  const why = told.slice(0, MOST_LINES).map((line) => `\n      ${line.slice(0, 200)}`);
  return `${path.map((title) => title.replace(`${root}/`, '')).join(' › ')}${why.join('')}`;
}

/** From output that ends with the line `N passed, N failed`. */
export function countLine(output) {
  const found = [...output.matchAll(/^(\d+) passed, (\d+) failed$/gm)].at(-1);
  return found ? { passed: Number(found[1]), failed: Number(found[2]) } : { passed: 0, failed: 0 };
}

/** Makes the exit status count: failure without a failed test, or no test at all, is one failure. */
export function settle(count, code) {
  if (count.failed === 0 && (code !== 0 || count.passed === 0)) return { ...count, failed: 1 };
  return count;
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
