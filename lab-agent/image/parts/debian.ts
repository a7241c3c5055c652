import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { mmdebstrapArgv } from '../../system/mmdebstrap.ts';
import { keepDebs } from '../build.ts';
import { imagesFolder } from '../cache.ts';
import { LEFT_OUT, recipeFolder, SUITE } from '../recipe.ts';
import type { BuildStep } from './part.ts';

/** Root file systems of Debian packages, for the cluster's nodes and for container images. */

export const mirror = (): string => process.env.HOPLAB_DEBIAN_MIRROR || 'http://deb.debian.org/debian';

/** Packages that were downloaded once, for all builds. */
export function debsFolder(): string {
  const folder = join(imagesFolder(), 'debs');
  mkdirSync(join(folder, 'partial'), { recursive: true });
  return folder;
}

export const scriptPath = (name: string): string => join(recipeFolder(), 'scripts', name);

/**
 * Installs packages on top of a root file system.
 * @param mode `layer`: the target holds what was added alone; `whole`: base and additions
 */
export async function derive(
  step: BuildStep,
  { base, target, mode, packages }: { base: string; target: string; mode: 'layer' | 'whole'; packages: string[] },
): Promise<void> {
  const argv = ['sh', scriptPath('derive.sh'), base, target, mode, debsFolder(), mirror(), SUITE, ...packages] as const;
  await step.run({ argv: [...argv], apart: true });
}

/** A Debian of its own, made by mmdebstrap: the base layer of container images. */
export async function bootstrap(step: BuildStep, target: string, packages: string[]): Promise<void> {
  const rootfs = join(target, 'rootfs');
  const temporary = join(target, 'tmp');
  mkdirSync(temporary);
  const leftOut = [...LEFT_OUT, '/usr/share/man/*'];
  await step.run({
    argv: mmdebstrapArgv({ suite: SUITE, mirror: mirror(), packages, leftOut, target: rootfs }),
    apart: true,
    env: { TMPDIR: temporary, HOPLAB_DEBS: debsFolder() },
  });
  keepDebs(rootfs, debsFolder());
  const clean =
    'cd "$1"; rm -rf var/cache/apt/* var/lib/apt/lists/* var/cache/debconf/* var/log/* tmp/* run/* dev/* etc/resolv.conf; rm -rf "$2"';
  await step.run({ argv: ['sh', '-c', clean, 'sh', rootfs, temporary] });
}
