import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { groupFolders } from '../../system/cgroups.ts';
import { run } from '../../system/exec.ts';

/**
 * For tests: everything of labs that can be seen from outside of them, each thing as a line, so that what is new can be named.
 * Other labs may run on the machine: what belongs to somebody is looked for by the owner's cgroup and ids.
 */
export type Owner = { instance: string; runDir: string; firstIds: ReadonlySet<number> };

const IDS_PER_LAB = 65536;

export async function footprint(owner: Owner): Promise<Set<string>> {
  const found = [
    ...processes(owner),
    ...lines(readFileSync('/proc/self/mountinfo', 'utf8')).map((line) => `mount ${line}`),
    ...lines(await output('ip', '-br', 'link')).map((line) => `interface ${line.split(/[@\s]/)[0]}`),
    ...namesIn('/run/netns').map((name) => `network namespace ${name}`),
    ...(await namespaces(owner)),
    ...groupFolders(`hoplab/${owner.instance}`)
      .flatMap(below)
      .map((folder) => `cgroup ${folder}`),
    ...below(owner.runDir).map((path) => `file ${path}`),
  ];
  return new Set(found);
}

/** By their cgroup, and by their user: one that has left its cgroup would be found by the other. */
function processes({ instance, firstIds }: Owner): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      const status = textOf(`/proc/${pid}/status`);
      const uid = Number(/^Uid:\s+(\d+)/m.exec(status)?.[1] ?? 0);
      return owns(firstIds, uid) || textOf(`/proc/${pid}/cgroup`).includes(`/hoplab/${instance}/`);
    })
    .map((pid) => `process ${pid} ${textOf(`/proc/${pid}/comm`).trim()}`);
}

async function namespaces({ firstIds }: Owner): Promise<string[]> {
  return lines(await output('lsns', '-n', '-o', 'UID,TYPE,NS'))
    .filter((line) => owns(firstIds, Number(line.trim().split(/\s+/)[0])))
    .map((line) => `namespace ${line.trim()}`);
}

function owns(firstIds: ReadonlySet<number>, uid: number): boolean {
  return [...firstIds].some((first) => uid >= first && uid < first + IDS_PER_LAB);
}

/** All that lies below a folder, which itself may stay. */
function below(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() || !folder.startsWith('/sys/'))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? [path, ...below(path)] : [path];
    });
}

/** Of something that may have gone while we look: then nothing. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

const namesIn = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : []);
const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');

/** @throws when the program cannot be run: then nothing was looked at */
async function output(...argv: [string, ...string[]]): Promise<string> {
  const result = await run(argv);
  if (result.ended === 'exit' && result.code === 0) return result.stdout;
  throw new Error(`${argv.join(' ')}: ${result.ended}`);
}
