import { existsSync, readFileSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { runFor } from '../run.mjs';
import { ok, warn } from './finding.mjs';

/** Programs are compiled with Go's own caches beside them (lab-agent/image/parts/cluster-image.ts). */
const NEEDED_BYTES = 15e9;

/** Whether the images of these sources have been built, and how large they are. @param images as from nodeImage(), if it can be asked */
export async function images(images) {
  return [await node(images), await cluster(images?.cluster)];
}

async function node(image) {
  if (image?.built) return ok('node image', `${await size(image.path)} in ${image.path}`);
  return warn('node image', 'not built yet for these sources', 'npm start builds it, in about a minute');
}

async function cluster(image) {
  if (image?.built) return ok('cluster image', `${await size(image.path)} in ${image.path}`);
  const building = image && status(image);
  if (building) return warn('cluster image', building, 'Lessons on clusters wait for it; all others work');
  const missing = 'not built yet for these sources: lessons on clusters wait for it';
  const free = image ? freeBytes(image.path) : Number.POSITIVE_INFINITY;
  if (free < NEEDED_BYTES)
    return warn(
      'cluster image',
      `${missing}; ${(free / 1e9).toFixed(1)} GB of disk are free, building takes 15 GB for a while`,
      'Make room, or set XDG_CACHE_HOME; or import a built one, which takes 4 GB: npm run image -- import FILE',
    );
  return warn(
    'cluster image',
    missing,
    'npm start builds it in the background, in 10 to 15 minutes; or: npm run image -- import FILE',
  );
}

function freeBytes(path) {
  let there = path;
  while (!existsSync(there)) there = dirname(there);
  const { bavail, bsize } = statfsSync(there);
  return bavail * bsize;
}

/** What the build told last. */
function status({ path, hash }) {
  const file = `${dirname(dirname(path))}/${hash}.status.json`;
  if (!existsSync(file)) return undefined;
  const { fraction, stage, problem } = JSON.parse(readFileSync(file, 'utf8'));
  return problem ? `its last build failed: ${problem}` : `not whole yet: ${Math.floor(fraction * 100)} %, ${stage}`;
}

async function size(path) {
  const { stdout } = await runFor(['du', '-sm', path]);
  return `${(Number.parseInt(stdout, 10) / 1000).toFixed(1)} GB`;
}
