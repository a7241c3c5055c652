import { existsSync } from 'node:fs';
import { asRoot, isRoot } from './privilege.mjs';
import { runFor, runLoud } from './run.mjs';
import { root, settings, Trouble } from './settings.mjs';

/** What must arrive through sudo: where things lie, and how packages are reached. */
export const KEEP = [
  ...['HOPLAB_ROOT', 'XDG_CACHE_HOME', 'HOPLAB_DEBIAN_MIRROR'],
  ...['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'],
  ...['GOPROXY', 'GOSUMDB', 'GONOSUMDB', 'GOCACHE', 'GOMODCACHE', 'PIP_INDEX_URL', 'PIP_FIND_LINKS', 'SSL_CERT_FILE'],
];

/** The command line of the images' own program, as it was bundled. */
export const imageCommand = (...args) => [process.execPath, '--enable-source-maps', 'dist/image.mjs', ...args];
/** Under sudo HOME is root's: the cache folder is named, so that both users mean the same one. */
export const imageEnv = () => ({ HOPLAB_ROOT: root, XDG_CACHE_HOME: settings().cache });

/**
 * Where the images of these sources are, and whether they have been built. The agent's bundle must have been built.
 * @returns {Promise<{ path: string, hash: string, built: boolean, cluster: { path: string, hash: string, built: boolean } }>}
 */
export async function nodeImage() {
  const { code, stdout, stderr } = await runFor(imageCommand('path'), { env: imageEnv() });
  if (code !== 0) throw new Trouble(`The images' recipes cannot be read.\n${stderr}`);
  const { cluster, ...node } = JSON.parse(stdout);
  return { ...withBuilt(node), cluster: withBuilt(cluster) };
}

const withBuilt = (image) => ({ ...image, built: existsSync(image.path) });

/** Builds the node image if need be, showing progress, and removes what old recipes left that nobody has used lately. */
export const ensureNodeImage = () => ensure('node', 'The node image', (image) => image);

/** Builds the cluster image if need be, in the foreground: for tests, which cannot begin without it. */
export const ensureClusterImage = () => ensure('cluster', 'The cluster image', (image) => image.cluster);

async function ensure(name, what, pick) {
  const image = await nodeImage();
  if (pick(image).built) return image;
  if (!isRoot()) console.log(`${what} is built as root: sudo may ask for your password.`);
  await runLoud(asRoot(imageCommand('ensure', name), what, KEEP), {
    env: imageEnv(),
    hint: 'The lines above say why and what to do.',
  });
  return nodeImage();
}
