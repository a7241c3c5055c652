import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { HoplabError } from '../../contract/errors.ts';
import { type LabPlan, type NodePlan, planLab } from '../../lab/plan.ts';
import { addressInCluster, clusterNodes } from '../../lab/plan-cluster.ts';
import {
  cgroupVersion,
  groupFolders,
  groupsBelow,
  joinFiles,
  makeGroup,
  removeGroup,
  setCpuShare,
  setLimits,
} from '../../system/cgroups.ts';
import { openTunToLabs } from '../../system/devices.ts';
import { launch } from '../../system/exec.ts';
import { type ImageTools, imageTools } from '../../system/image-tools.ts';
import { raiseKernelLimits } from '../../system/kernel-limits.ts';
import { loadIpip, loadModules } from '../../system/modules.ts';
import { startTime } from '../../system/proc.ts';
import type { BuildRequest, Provider, RunningLab } from '../provider.ts';
import { openEgress } from './egress.ts';
import { kernelFeatures, LAB_MODULES } from './features.ts';
import { IdSlots } from './id-slots.ts';
import { endLeftLooks } from './left-looks.ts';
import { firstLives, type LabRecord, readRecord, writeRecord } from './record.ts';
import { removeLab } from './remove.ts';
import { NamespacesLab } from './running.ts';
import { CLOSE_INHERITED, hostScript, type NodeGroup, UNIFIED } from './script.ts';

/** Brings labs up on this machine's kernel. It knows topologies and namespaces; nothing of learners, checks or sessions. */
export type NamespacesOptions = {
  /** The agent's own folder for what lives no longer than the machine is up. */
  runDir: string;
  /** The node image's root folder. */
  image: string;
  /** The cluster image's root folder, which labs with a cluster run on; it may not be there yet. */
  clusterImage?: string | undefined;
  /** A name that keeps this agent's cgroups apart from other agents'. */
  instance: string;
  /** Lets labs out to the real internet whose topology asks for it. */
  egress?: boolean;
  slotsDir?: string;
};

/** Far more than a lab takes, on a machine that is emulated or has far too much to do as well. */
const BUILD_TIMEOUT_MS = 180_000;

export class NamespacesProvider implements Provider {
  readonly name = 'namespaces';
  readonly #options: NamespacesOptions;
  readonly #tools = new Map<string, ImageTools>();
  readonly #slots: IdSlots;

  constructor(options: NamespacesOptions) {
    this.#options = options;
    this.#toolsOf(options.image);
    this.#slots = new IdSlots(options.slotsDir);
    mkdirSync(this.#labsDir, { recursive: true, mode: 0o700 });
  }

  get #labsDir(): string {
    return join(this.#options.runDir, 'labs');
  }

  async prepare(): Promise<string | undefined> {
    const small = raiseKernelLimits();
    const lacking = [
      await loadModules(LAB_MODULES),
      openTunToLabs(),
      small.length > 0 ? `these kernel limits are small: ${small.join(', ')}` : undefined,
    ].filter((one) => one !== undefined);
    return lacking.length > 0 ? lacking.join('; ') : undefined;
  }

  features(): Promise<Record<string, boolean>> {
    return kernelFeatures();
  }

  async build({ id, topology: wanted, template, signal }: BuildRequest): Promise<RunningLab> {
    const topology = { ...wanted, egress: wanted.egress && this.#options.egress === true };
    const plan = planLab(topology, `topology "${topology.title}"`);
    const image = this.#imageFor(topology);
    // Not at start: a machine that has no cluster keeps its kernel as it is. Without it our forwarder serves tunl0.
    if (topology.cluster) await loadIpip();
    const folder = join(this.#labsDir, id);
    mkdirSync(join(folder, 'image'), { recursive: true, mode: 0o700 });
    const slot = this.#slots.take(folder);
    const base = { id, slot: slot.index, firstId: slot.firstId, group: this.#group(id), nodes: [] };
    const record: LabRecord = { ...base, image, ...clusterRecord(topology) };
    writeRecord(folder, record);
    try {
      makeGroup(ownGroup(record.group));
      setLimits(record.group, plan.limits);
      await this.#runScript(plan, record, { folder, template, signal });
      if (topology.egress) await this.#openEgress(record, folder);
      return this.#running(record, folder);
    } catch (error) {
      await removeLab(record, folder, this.#slots);
      throw error;
    }
  }

  async adopt(id: string): Promise<RunningLab | undefined> {
    const folder = join(this.#labsDir, id);
    const record = readRecord(folder);
    if (!firstLives(record) || record.nodes.length === 0) return undefined;
    endLeftLooks(record);
    return this.#running(record, folder);
  }

  async reap(known: ReadonlySet<string>): Promise<string[]> {
    const folders = readdirSync(this.#labsDir);
    const groups = groupsBelow(this.#root);
    const left = [...new Set([...folders, ...groups])].filter((id) => !known.has(id));
    const removed = left.map((id) => removeLab(this.#recordOf(id), join(this.#labsDir, id), this.#slots));
    // One that does not go must not keep the others.
    const failed = (await Promise.allSettled(removed)).find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
    if (groupsBelow(this.#root).length === 0) removeGroup(this.#root);
    return left;
  }

  get #root(): string {
    return `hoplab/${this.#options.instance}`;
  }

  #group(id: string): string {
    return `${this.#root}/${id}`;
  }

  /** What is known of a lab that a crash left: at least its cgroup, which holds all its processes. */
  #recordOf(id: string): LabRecord {
    try {
      return readRecord(join(this.#labsDir, id));
    } catch {
      return { id, slot: -1, firstId: 0, group: this.#group(id), nodes: [] };
    }
  }

  #running(record: LabRecord, folder: string): RunningLab {
    return new NamespacesLab(
      record,
      this.#toolsOf(record.image ?? this.#options.image),
      joinFiles(ownGroup(record.group)),
      () => removeLab(record, folder, this.#slots),
    );
  }

  #toolsOf(image: string): ImageTools {
    const known = this.#tools.get(image) ?? imageTools(image);
    this.#tools.set(image, known);
    return known;
  }

  /** @throws HoplabError `not-ready` while the cluster image is being built */
  #imageFor({ cluster }: BuildRequest['topology']): string {
    const { image, clusterImage } = this.#options;
    if (!cluster) return image;
    if (clusterImage && existsSync(clusterImage)) return clusterImage;
    throw new HoplabError(
      'not-ready',
      "the cluster's programs are not built yet",
      'npm run image -- ensure builds them.',
    );
  }

  #openEgress(record: LabRecord, folder: string): Promise<void> {
    const tools = this.#toolsOf(record.image ?? this.#options.image);
    return openEgress(record, { tools, folder, joinFiles: joinFiles(ownGroup(record.group)) });
  }

  async #runScript(
    plan: LabPlan,
    record: LabRecord,
    { folder, template, signal }: { folder: string } & Pick<BuildRequest, 'template' | 'signal'>,
  ): Promise<void> {
    const tools = this.#toolsOf(record.image ?? this.#options.image);
    const script = hostScript(plan, {
      image: tools.root,
      busybox: tools.busybox,
      mount: tools.program('usr/bin/mount'),
      mountPoint: join(folder, 'image'),
      firstId: record.firstId,
      template: template === undefined ? undefined : { folder: template, nodes: nodesOfTemplate(template) },
      joinFiles: joinFiles(ownGroup(record.group)),
      handedOver: cgroupVersion() === 2 ? joinFiles(record.group) : [],
      nodeGroups: nodeGroups(plan, record.group),
    });
    writeFileSync(join(folder, 'build.sh'), script, { mode: 0o600 });
    const log = openSync(join(folder, 'build.log'), 'w', 0o600);
    const bb = tools.busybox;
    const { status, exited } = launch(
      [bb, 'unshare', '-m', bb, 'sh', '-c', `${CLOSE_INHERITED}; exec "$0" sh "$1"`, bb, join(folder, 'build.sh')],
      log,
    );
    closeSync(log);
    const failed = (why: string) => {
      const text = readFileSync(join(folder, 'build.log'), 'utf8').trim().slice(-2000);
      return new HoplabError(
        'build-failed',
        `the lab could not be built: ${text || why}`,
        'npm run doctor says whether this machine can run labs.',
      );
    };
    const stop = AbortSignal.any([AbortSignal.timeout(BUILD_TIMEOUT_MS), ...(signal ? [signal] : [])]);
    status.on('error', () => undefined);
    try {
      // The signal ends the reading of lines; destroying the pipe alone would leave it waiting for ever.
      for await (const line of createInterface({ input: status, signal: stop })) {
        const [word, ...rest] = line.split(' ');
        if (word === 'first') takeFirst(record, Number(rest[0]));
        if (word === 'failed') throw failed(line);
        if (word === 'ready') {
          record.nodes = plan.nodes.map((node) => nodeRecord(node, rest));
          writeRecord(folder, record);
          return;
        }
        writeRecord(folder, record);
      }
    } finally {
      status.destroy();
    }
    if (signal?.aborted) throw failed('it was called off');
    throw failed(stop.aborted ? 'it took too long' : `the builder ended early (${await exited})`);
  }
}

/** Under cgroup v2 a group that has groups with limits below it holds no processes; so the lab's are in one of their own. */
const ownGroup = (group: string) => `${group}/_own`;

function clusterRecord(topology: BuildRequest['topology']): Pick<LabRecord, 'cluster'> {
  if (!topology.cluster) return {};
  const nodes = clusterNodes(topology).map((name) => ({ name, address: addressInCluster(topology, name) as string }));
  return { cluster: { controlPlane: topology.cluster.controlPlane, nodes } };
}

/** The nodes whose disks a template has; none while it is being made. */
function nodesOfTemplate(template: string): string[] {
  const folder = join(template, 'nodes');
  return existsSync(folder) ? readdirSync(folder) : [];
}

function takeFirst(record: LabRecord, pid: number): void {
  const started = startTime(pid);
  if (started !== undefined) record.first = { pid, started };
}

function nodeRecord({ name, kind, shell, interfaces }: NodePlan, words: readonly string[]): LabRecord['nodes'][number] {
  const networks = Object.fromEntries(interfaces.map((face) => [face.name, face.network]));
  return { name, kind, shell, networks, pid: pidOf(words, name) };
}

function pidOf(words: readonly string[], name: string): number {
  const word = words.find((w) => w.startsWith(`${name}=`));
  if (!word) throw new Error(`the builder did not say which process is ${name}`);
  return Number(word.slice(name.length + 1));
}

/** Groups of its own for each node that runs containers, made while we may; the script hands them to the lab's root. */
function nodeGroups(plan: LabPlan, group: string): Map<string, NodeGroup[]> {
  const result = new Map<string, NodeGroup[]>();
  for (const node of plan.nodes.filter(({ containers }) => containers)) {
    makeGroup(`${group}/${node.name}`);
    // All other nodes wait for the API, and keep the processors busy with it.
    if (node.name === plan.cluster?.controlPlane) setCpuShare(`${group}/${node.name}`, 'foremost');
    const folders = groupFolders(`${group}/${node.name}`);
    const controller = (folder: string) => (cgroupVersion() === 2 ? UNIFIED : (folder.split('/')[4] as string));
    result.set(
      node.name,
      folders.map((folder) => ({ controller: controller(folder), folder })),
    );
  }
  return result;
}
