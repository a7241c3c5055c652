import { existsSync } from 'node:fs';
import { which } from './run.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/** The browser of the browser tests: CHROMIUM_PATH, or the first Chromium or Chrome that is installed. */
export function browser() {
  const given = process.env.CHROMIUM_PATH;
  if (given) return existsSync(given) ? given : undefined;
  return NAMES.map((name) => which(name)).find((file) => file !== undefined);
}
