import { join } from 'node:path';
import { imageCommand, imageEnv, KEEP } from './image.mjs';
import { asRoot } from './privilege.mjs';
import { endProcess, lastLines, startProcess } from './processes.mjs';

/** It ends its compilers first; what is built and downloaded stays for the next time. */
const ENDS_MS = 5_000;

/** `nice`: labs and the app come first. */
const quietly = (what, ...args) => asRoot(['nice', '-n', '10', ...imageCommand(...args)], what, KEEP);
const COMMANDS = {
  build: () => quietly('Building the cluster image', 'ensure', 'cluster'),
  clean: () => quietly('Removing old images', 'clean'),
};

/**
 * Builds the cluster image while people work already: quietly, with what the machine has to spare. Lessons on clusters
 * show how far it is; all others do not need it. A build that is cut off goes on at the next start. When there is nothing
 * to build, what old recipes left is removed.
 * @param {{ image: { built: boolean }, dataDir: string, say: (text: string) => void, commands?: Record<'build' | 'clean', () => string[]> }} options
 * @returns {{ done: Promise<void>, stop(): Promise<void> }}
 */
export function tendClusterImage({ image, dataDir, say, commands = COMMANDS }) {
  const log = join(dataDir, 'logs', 'cluster-image.log');
  const started = performance.now();
  let stopping = false;
  const argv = image.built ? commands.clean() : commands.build();
  const running = startProcess({ name: 'cluster image', argv, env: imageEnv(), log });
  if (!image.built) say(`Cluster image: being built in the background (up to 15 minutes, once). Its log: ${log}`);
  const done = running.exited.then((why) => {
    if (image.built || stopping) return;
    if (why === 'ended with status 0') return say(`Cluster image: ready after ${minutes(started)}.`);
    say(
      `Cluster image: its build ${why}.\n${lastLines(log)}\n→ All other lessons work. The next start goes on from where it stopped. Its log: ${log}`,
    );
  });
  return {
    done,
    async stop() {
      stopping = true;
      await endProcess(running, { ms: ENDS_MS });
    },
  };
}

function minutes(started) {
  const seconds = Math.round((performance.now() - started) / 1000);
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
