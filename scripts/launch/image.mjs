import { existsSync } from 'node:fs';
import { asRoot, isRoot } from './privilege.mjs';
import { runFor, runLoud } from './run.mjs';
import { root, settings, Trouble } from './settings.mjs';

const KEEP = ['HOPLAB_ROOT', 'XDG_CACHE_HOME', 'HOPLAB_DEBIAN_MIRROR', 'http_proxy', 'https_proxy', 'no_proxy'];
const cli = (command) => [process.execPath, '--enable-source-maps', 'dist/image.mjs', command];
// Under sudo HOME is root's: the cache folder is named, so that both users mean the same one.
const env = () => ({ HOPLAB_ROOT: root, XDG_CACHE_HOME: settings().cache });

/** Where the node image of these sources is, and whether it has been built. The agent's bundle must have been built. */
export async function nodeImage() {
  const { code, stdout, stderr } = await runFor(cli('path'), { env: env() });
  if (code !== 0) throw new Trouble(`The node image's recipe cannot be read.\n${stderr}`);
  const image = JSON.parse(stdout);
  return { ...image, built: existsSync(image.path) };
}

/** Builds the node image if need be, showing progress, and removes those of old recipes that nobody has used lately. */
export async function ensureNodeImage() {
  const image = await nodeImage();
  if (!image.built) {
    if (!isRoot()) console.log('Building the node image needs root: sudo may ask for your password.');
    await runLoud(asRoot(cli('ensure'), 'Building the node image', KEEP), {
      env: env(),
      hint: 'The lines above say why and what to do.',
    });
  }
  return image;
}
