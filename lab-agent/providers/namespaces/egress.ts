import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { HoplabError } from '../../contract/errors.ts';
import { launch } from '../../system/exec.ts';
import type { ImageTools } from '../../system/image-tools.ts';
import { egressScript } from './egress-script.ts';
import { Places } from './places.ts';
import type { LabRecord } from './record.ts';
import { CLOSE_INHERITED, IDS_PER_LAB } from './script.ts';

const TIMEOUT_MS = 60_000;

/**
 * Gives the internet node of a lab that runs a way to the real internet (egress-script.ts). What it starts is in the lab's
 * cgroup and ends with the lab; it outlives the agent as the lab does.
 * @throws HoplabError `build-failed`
 */
export async function openEgress(
  record: LabRecord,
  { tools, folder, joinFiles }: { tools: ImageTools; folder: string; joinFiles: readonly string[] },
): Promise<void> {
  const node = record.nodes.find(({ kind }) => kind === 'internet');
  if (!node) throw new Error(`lab ${record.id} has no internet node`);
  const script = egressScript({
    image: tools.root,
    loader: tools.loader,
    netns: new Places(record, tools).ownNetns(node.name),
    // One that no other lab has. The lab's processes could be this user, but in a user namespace that gives no power here.
    uid: record.firstId + IDS_PER_LAB - 2,
    joinFiles,
  });
  const file = join(folder, 'egress.sh');
  writeFileSync(file, script, { mode: 0o600 });
  const log = openSync(join(folder, 'egress.log'), 'w', 0o600);
  const bb = tools.busybox;
  const { status } = launch(
    [bb, 'unshare', '-m', bb, 'sh', '-c', `${CLOSE_INHERITED}; exec "$0" sh "$1"`, bb, file],
    log,
  );
  closeSync(log);
  status.on('error', () => undefined);
  let said = '';
  try {
    for await (const line of createInterface({ input: status, signal: AbortSignal.timeout(TIMEOUT_MS) })) {
      said = line;
      break;
    }
  } finally {
    status.destroy();
  }
  if (said === 'ready') return;
  const text = readFileSync(join(folder, 'egress.log'), 'utf8').trim().slice(-2000);
  throw new HoplabError(
    'build-failed',
    `the lab got no way to the internet: ${text || 'it took too long'}`,
    'Without HOPLAB_EGRESS=1 in the environment of the agent the lab is built without it.',
  );
}
