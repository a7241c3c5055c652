import { buildParts, CLIENTS, staleParts } from './build.mjs';
import { ensureClusterImage, ensureNodeImage, nodeImage } from './image.mjs';
import { installNpmPackages, npmPackagesAreInstalled } from './npm-packages.mjs';
import { Trouble } from './settings.mjs';
import { installSystemPackages, missingSystemPackages } from './system-packages.mjs';

const MINIMUM = [20, 19];

/** @throws Trouble when this Node is too old */
export function checkNode(version = process.versions.node) {
  const [major, minor] = version.split('.').map(Number);
  if (major > MINIMUM[0] || (major === MINIMUM[0] && minor >= MINIMUM[1])) return;
  throw new Trouble(
    `Hoplab needs Node ${MINIMUM.join('.')} or later; this is ${version}.`,
    'Install a newer one: https://nodejs.org, or the package nodejs of nodesource.com.',
  );
}

/**
 * Brings everything up to date that start and tests need, saying first what it is about to install. Quick when there is nothing to do.
 * @param {{ pages?: boolean, tests?: boolean, labs?: boolean, cluster?: boolean }} options `pages: false` does not build the app's
 *   pages, `labs: false` leaves out all that only running needs, `tests` adds the browser, `cluster: false` leaves the cluster
 *   image to be built later
 * @returns the images
 */
export async function prepare({ pages = true, tests = false, labs = true, cluster = true } = {}) {
  checkNode();
  if (process.platform !== 'linux')
    throw new Trouble(
      `Labs are made of Linux namespaces; this is ${process.platform}.`,
      'Run Hoplab on Linux, in a virtual machine for instance.',
    );
  const system = labs ? missingSystemPackages({ tests }) : [];
  const npm = !npmPackagesAreInstalled();
  const plan = [
    ...system.map((need) => `${need.package}, which ${need.why} (apt-get)`),
    ...(npm ? ['the npm packages of package-lock.json, in node_modules/ (about 900 MB)'] : []),
  ];
  if (plan.length > 0) console.log(`To be installed:\n${plan.map((line) => `  · ${line}`).join('\n')}`);
  if (system.length > 0) await installSystemPackages(system);
  if (npm) await installNpmPackages();
  const stale = staleParts({ pages });
  await buildParts(labs ? stale : stale.filter(({ name }) => name === CLIENTS));
  if (!labs) return undefined;
  const image = await nodeImage();
  if (!image.built)
    console.log('The node image comes next: a small Debian (70 MB to download, 300 MB on disk), built once.');
  await ensureNodeImage();
  if (!cluster) return nodeImage();
  if (!image.cluster.built)
    console.log(
      'The cluster image comes next: Kubernetes and Calico from their sources (10 to 15 minutes), built once.',
    );
  return ensureClusterImage();
}
