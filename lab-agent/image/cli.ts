import { cleanOldTemplates } from '../cluster/templates.ts';
import { HoplabError } from '../contract/errors.ts';
import { showProgress } from './display.ts';
import { clusterImagePath, ensureClusterImage, ensureImage, imagePath } from './index.ts';
import { cleanUp } from './parts/clean.ts';
import { writeStatus } from './parts/status.ts';

/**
 * `ensure` builds what is missing: the node image, then the cluster image (`ensure node` and `ensure cluster` one alone).
 * `path` says where they are or will be; `clean` removes those of old recipes.
 */
const USAGE = 'usage: npm run image -- ensure [node|cluster] | path | clean';

const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());

try {
  process.umask(0o022); // what is built must not depend on whose shell it is
  await run(process.argv[2], process.argv[3]);
} catch (error) {
  if (stop.signal.aborted) {
    console.error('\nNode image: stopped. What was downloaded is kept for the next time.');
    process.exitCode = 130;
  } else if (error instanceof HoplabError) {
    console.error(`\n${error.message}\n${error.hint}`);
    process.exitCode = 1;
  } else throw error;
}

async function run(command: string | undefined, argument: string | undefined): Promise<void> {
  if (command === 'path') console.log(JSON.stringify({ ...imagePath(), cluster: clusterImagePath() }));
  else if (command === 'clean') clean();
  else if (command === 'ensure' && argument === 'node') await ensureNode();
  else if (command === 'ensure' && argument === 'cluster') await ensureCluster();
  else if (command === 'ensure' && argument === undefined) {
    await ensureNode();
    await ensureCluster();
  } else {
    console.error(USAGE);
    process.exitCode = 2;
  }
}

async function ensureNode(): Promise<void> {
  const display = showProgress('Node image');
  let built = false;
  const { path } = await ensureImage({
    signal: stop.signal,
    onWait: (pid) => console.log(`Node image: process ${pid} builds it already; waiting for it.`),
    onProgress: (progress) => {
      built = true;
      display.update(progress);
    },
  });
  if (!built) return;
  display.end(`built in ${path}`);
  clean();
}

/** Tells how far it is by a file too: the agent reads it for those who wait for their first cluster. */
async function ensureCluster(): Promise<void> {
  const display = showProgress('Cluster image');
  const { hash } = clusterImagePath();
  let built = false;
  try {
    const { path } = await ensureClusterImage({
      signal: stop.signal,
      onWait: (pid) => console.log(`Cluster image: process ${pid} builds it already; waiting for it.`),
      onProgress: (progress) => {
        built = true;
        writeStatus(hash, progress);
        display.update(progress);
      },
    });
    if (!built) return;
    display.end(`built in ${path}`);
    clean();
  } catch (error) {
    const problem = error instanceof HoplabError ? `${error.message} ${error.hint}` : String(error);
    if (!stop.signal.aborted) writeStatus(hash, { fraction: 0, stage: 'failed', problem });
    throw error;
  }
}

/** Templates stand on images: both go when nobody has used them lately. */
function clean(): void {
  for (const name of cleanUp()) console.log(`Images: removed ${name}, of an old recipe`);
  cleanOldTemplates();
}
