import { spawn } from 'node:child_process';
import { chmodSync, closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { HoplabError } from '../contract/errors.ts';
import { SOCKET_NAME } from './control.ts';

/** Far more than it takes, on a machine that is emulated or has too much to do as well. */
const START_MS = 90_000;
const LOG_NAME = 'terminal-host.log';

/**
 * Makes sure that a terminal host answers in `runDir`, starting one if none does. It is a process of its own session: it
 * outlives whoever started it. Several callers at once start one (flock).
 * @throws HoplabError `unavailable` when it does not come up
 */
export async function ensureHost(runDir: string): Promise<void> {
  const socketPath = join(runDir, SOCKET_NAME);
  if (await answers(socketPath)) return;
  mkdirSync(runDir, { recursive: true });
  // An app that is not root must find the agent's socket here; everything else in it is root's alone.
  chmodSync(runDir, 0o711);
  const log = openSync(join(runDir, LOG_NAME), 'a', 0o600);
  // flock without a fork: the lock lives as long as the host does. Node marks inherited fds close-on-exec at its start,
  // so no shell holds the lock.
  const child = spawn(
    'flock',
    ['--nonblock', '--no-fork', join(runDir, 'terminals.lock'), process.execPath, ...program()],
    {
      detached: true,
      cwd: '/',
      stdio: ['ignore', log, log],
      env: { NODE_ENV: process.env.NODE_ENV, PATH: process.env.PATH, HOME: process.env.HOME, HOPLAB_RUN: runDir },
    },
  );
  closeSync(log);
  let failed = '';
  child.once('error', (error) => {
    failed = error.message;
  });
  child.unref();
  const until = Date.now() + START_MS;
  while (!(await answers(socketPath))) {
    if (failed || Date.now() > until) {
      throw new HoplabError('unavailable', `The terminal host did not start ${failed}`, `See ${runDir}/${LOG_NAME}.`);
    }
    await sleep(10);
  }
}

/** The bundle beside this one, or the source by tsx. */
function program(): string[] {
  const here = dirname(fileURLToPath(import.meta.url));
  const bundle = join(here, 'terminal-host.mjs');
  if (existsSync(bundle)) return [bundle];
  const tsx = createRequire(import.meta.url).resolve('tsx');
  return ['--import', pathToFileURL(tsx).href, join(here, 'main.ts')];
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
