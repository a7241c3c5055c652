import { defineConfig } from '@playwright/test';
import { browser } from './scripts/launch/browser.mjs';

/**
 * Journeys in a real browser with a real agent. `npm run e2e` starts both on free ports and names them in HOPLAB_TEST_URL
 * (and HOPLAB_AGENT_URL, HOPLAB_AGENT_TOKEN, HOPLAB_TEST_DATA). One worker: labs share the machine with the browser.
 */
export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  workers: 1,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  forbidOnly: Boolean(process.env.CI),
  use: {
    baseURL: process.env.HOPLAB_TEST_URL ?? 'http://127.0.0.1:3000',
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: { executablePath: browser() },
  },
});
