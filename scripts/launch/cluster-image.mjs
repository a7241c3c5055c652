import { join } from 'node:path';
import { imageCommand, imageEnv, KEEP } from './image.mjs';
import { asRoot } from './privilege.mjs';
import { endProcess, lastLines, startProcess } from './processes.mjs';

/** It ends its compilers first; what is built and downloaded stays for the next time. */
const ENDS_MS = 5_000;

/**
 * Builds the cluster image while people work already: quietly, with what the machine has to spare. Lessons on clusters
 * show how far it is; all others do not need it. A build that is cut off goes on at the next start.
 * @param {{ image: { built: boolean }, dataDir: string, say: (text: string) => void, argv?: string[] }} options
 * @returns {{ done: Promise<void>, stop(): Promise<void> } | undefined} undefined when it is there already
 */
export function buildClusterImage({ image, dataDir, say, argv }) {
  if (image.built) return undefined;
  const log = join(dataDir, 'logs', 'cluster-image.log');
  const building = startProcess({ name: 'cluster image', argv: argv ?? quietBuild(), env: imageEnv(), log });
  const started = performance.now();
  let stopping = false;
  say(`Cluster image: being built in the background (10 to 15 minutes, once). Its log: ${log}`);
  const done = building.exited.then((why) => {
    if (stopping) return;
    if (why === 'ended with status 0') return say(`Cluster image: ready after ${minutes(started)}.`);
    say(
      `Cluster image: its build ${why}.\n${lastLines(log)}\n→ All other lessons work. The next start goes on from where it stopped. Its log: ${log}`,
    );
  });
  return {
    done,
    async stop() {
      stopping = true;
      await endProcess(building, { ms: ENDS_MS });
    },
  };
}

function quietBuild() {
  return asRoot(['nice', '-n', '10', ...imageCommand('ensure', 'cluster')], 'Building the cluster image', KEEP);
}

function minutes(started) {
  const seconds = Math.round((performance.now() - started) / 1000);
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
