import { chownSync } from 'node:fs';
import { resolve } from 'node:path';
import { cleanOldTemplates } from '../cluster/templates.ts';
import { HoplabError } from '../contract/errors.ts';
import { showProgress } from './display.ts';
import { clusterImagePath, ensureClusterImage, ensureImage, imagePath } from './index.ts';
import { cleanUp } from './parts/clean.ts';
import { writeStatus } from './parts/status.ts';
import { exportImages, gigabytes } from './parts/transfer-export.ts';
import { importImages } from './parts/transfer-import.ts';
import { isUrl } from './parts/transfer-source.ts';

/**
 * `ensure` builds what is missing: the node image, then the cluster image (`ensure node` and `ensure cluster` one alone).
 * `path` says where they are or will be; `clean` removes what old recipes left; `export` and `import` move both images, with
 * the templates that were made on them, as one file.
 */
const USAGE = 'usage: npm run image -- ensure [node|cluster] | path | clean | export FILE | import FILE|URL';

const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());

const COMMANDS: Record<string, (argument?: string) => Promise<void> | void> = {
  path: () => console.log(JSON.stringify({ ...imagePath(), cluster: clusterImagePath() })),
  clean,
  ensure: () => ensureNode().then(ensureCluster),
  'ensure node': ensureNode,
  'ensure cluster': ensureCluster,
  export: (file) => exportTo(resolve(file as string)),
  import: (source) => importFrom(isUrl(source as string) ? (source as string) : resolve(source as string)),
};

try {
  process.umask(0o022); // what is built must not depend on whose shell it is
  await run(process.argv.slice(2));
} catch (error) {
  if (stop.signal.aborted) {
    console.error('\nImages: stopped. What was built and downloaded is kept for the next time.');
    process.exitCode = 130;
  } else if (error instanceof HoplabError) {
    console.error(`\n${error.message}\n→ ${error.hint}`);
    process.exitCode = 1;
  } else throw error;
}

async function run(words: string[]): Promise<void> {
  const [command = '', argument] = words;
  const takesArgument = command === 'export' || command === 'import';
  const known = COMMANDS[takesArgument ? command : words.join(' ')];
  if (known && (!takesArgument || words.length === 2)) return known(argument);
  console.error(USAGE);
  process.exitCode = 2;
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

async function exportTo(file: string): Promise<void> {
  mustBeRoot('Exporting images');
  const display = showProgress('Export');
  const { bytes, unpackedBytes, templates } = await exportImages(file, {
    signal: stop.signal,
    onWait: (pid) => console.log(`Export: process ${pid} builds an image; waiting for it.`),
    onProgress: display.update,
  });
  // Whoever asked by sudo wants to copy it.
  if (process.env.SUDO_UID) chownSync(file, Number(process.env.SUDO_UID), Number(process.env.SUDO_GID ?? 0));
  const what = `both images${templates.length > 0 ? ` and templates (${templates.length})` : ''}`;
  display.end(`${file} holds ${what}: ${gigabytes(bytes)}, unpacked ${gigabytes(unpackedBytes)}`);
}

async function importFrom(source: string): Promise<void> {
  mustBeRoot('Importing images');
  const display = showProgress('Import');
  const made = await importImages(source, { signal: stop.signal, onProgress: display.update });
  display.end(made.length > 0 ? `${made.join(', ')} are there; npm start uses them` : 'all of it was there already');
}

function mustBeRoot(what: string): void {
  if (process.getuid?.() === 0) return;
  throw new HoplabError('unavailable', `${what} needs root: files in them belong to root.`, 'Run it by: npm run image');
}

/** Templates stand on images: both go when nobody has used them lately. */
function clean(): void {
  for (const name of cleanUp()) console.log(`Images: removed ${name}, of an old recipe`);
  cleanOldTemplates();
}
