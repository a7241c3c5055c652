import { HoplabError } from '../contract/errors.ts';
import { showProgress } from './display.ts';
import { cleanOldImages, ensureImage, imagePath } from './index.ts';

/** `ensure` builds the node image if need be; `path` says where it is or will be; `clean` removes those of old recipes. */
const USAGE = 'usage: image ensure | path | clean';

const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());

try {
  await run(process.argv[2]);
} catch (error) {
  if (stop.signal.aborted) {
    console.error('\nNode image: stopped. What was downloaded is kept for the next time.');
    process.exitCode = 130;
  } else if (error instanceof HoplabError) {
    console.error(`\n${error.message}\n${error.hint}`);
    process.exitCode = 1;
  } else throw error;
}

async function run(command: string | undefined): Promise<void> {
  if (command === 'path') console.log(JSON.stringify(imagePath()));
  else if (command === 'clean') clean();
  else if (command === 'ensure') await ensure();
  else {
    console.error(USAGE);
    process.exitCode = 2;
  }
}

async function ensure(): Promise<void> {
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

function clean(): void {
  for (const hash of cleanOldImages()) console.log(`Node image: removed ${hash}, of an old recipe`);
}
