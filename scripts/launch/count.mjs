import { readFileSync } from 'node:fs';

/** What a suite came to. A suite that ran nothing has failed: silence must not look like success. */

/** @returns {{ passed: number, failed: number }} from the file of vitest's JSON reporter */
export function countVitest(file) {
  const report = readJson(file);
  if (!report) return { passed: 0, failed: 0 };
  // A file that could not be loaded has no tests of its own to fail.
  const unloaded = report.testResults.filter(
    (one) => one.status === 'failed' && one.assertionResults.length === 0,
  ).length;
  return { passed: report.numPassedTests, failed: report.numFailedTests + unloaded };
}

/** From the file of Playwright's JSON reporter; a test that passed only when tried again counts as passed. */
export function countPlaywright(file) {
  const report = readJson(file);
  if (!report) return { passed: 0, failed: 0 };
  const { expected, unexpected, flaky } = report.stats;
  return { passed: expected + flaky, failed: unexpected + report.errors.length };
}

/** From output that ends with the line `N passed, N failed`. */
export function countLine(output) {
  const found = [...output.matchAll(/^(\d+) passed, (\d+) failed$/gm)].at(-1);
  return found ? { passed: Number(found[1]), failed: Number(found[2]) } : { passed: 0, failed: 0 };
}

/** Makes the exit status count: failure without a failed test, or no test at all, is one failure. */
export function settle({ passed, failed }, code) {
  if (failed === 0 && (code !== 0 || passed === 0)) return { passed, failed: 1 };
  return { passed, failed };
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
