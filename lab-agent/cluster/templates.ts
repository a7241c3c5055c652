import { mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Topology } from '../contract/topology.ts';
import { cacheFolder } from '../image/cache.ts';
import { takeLock } from '../image/lock.ts';
import type { Provider } from '../providers/provider.ts';
import { makeTemplate } from './make-template.ts';
import { templateHash, templateIsWhole } from './template-folder.ts';

/** Templates on this machine, by their hash. Made once, whoever needs one first; kept while they are used. */
export const templatesFolder = (): string => join(cacheFolder(), 'templates');

export type EnsureTemplate = {
  provider: Provider;
  topology: Topology;
  imageHash: string;
  folder?: string;
  /** A lab's id that is free: the template is made in a lab of its own. */
  labId: string;
  say?: (stage: string, fraction: number) => void;
  signal?: AbortSignal | undefined;
};

/** The folder of a topology's template, made if it is not there. @throws HoplabError `build-failed` */
export async function ensureTemplate(options: EnsureTemplate): Promise<string> {
  const { provider, topology, imageHash, labId, signal, folder = templatesFolder(), say = () => undefined } = options;
  const template = join(folder, templateHash(topology, imageHash));
  if (!templateIsWhole(template)) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    say('waiting for another template', 0);
    using _lock = await takeLock(join(folder, 'lock'), signal ? { signal } : {});
    // Another agent or test may have made it while we waited.
    if (!templateIsWhole(template)) await makeTemplate({ provider, topology, folder: template, labId, say, signal });
  }
  // Whoever exports images takes along the templates that stand on them.
  writeFileSync(join(template, 'image'), `${imageHash}\n`);
  const now = new Date();
  utimesSync(template, now, now);
  return template;
}

const UNUSED_MS = 14 * 24 * 3600_000;

/** Removes templates that nobody has used for two weeks; labs that run copy nothing from them and keep them open. */
export function cleanOldTemplates(folder = templatesFolder(), now = Date.now()): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(folder).filter((n) => /^[0-9a-f]{16}(\.partial)?$/.test(n))) {
    const path = join(folder, name);
    if (now - statSync(path).mtimeMs > UNUSED_MS) rmSync(path, { recursive: true, force: true });
  }
}
