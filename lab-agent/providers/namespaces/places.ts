import { existsSync } from 'node:fs';
import type { ImageTools } from '../../system/image-tools.ts';
import { type OpenPath, openInside, openTrusted } from '../../system/lab-files.ts';
import type { LabRecord } from './record.ts';
import { CLOSE_INHERITED, quote } from './script.ts';

/**
 * Where a lab's namespaces are, by way of /proc: the lab's own PID namespace is reached through its first process, and in
 * it the nodes' first processes keep the numbers they were born with. No learner's process lives in that namespace.
 */
export class Places {
  readonly #first: string;
  readonly #nodes: ReadonlyMap<string, number>;
  readonly #tools: ImageTools;

  constructor(record: LabRecord, tools: ImageTools) {
    if (!record.first) throw new Error(`lab ${record.id} has no first process`);
    this.#first = `/proc/${record.first.pid}`;
    this.#nodes = new Map(record.nodes.map(({ name, pid }) => [name, pid]));
    this.#tools = tools;
  }

  /** /proc/… of a node's first process. @throws when the topology has no such node */
  node(name: string): string {
    const pid = this.#nodes.get(name);
    if (pid === undefined) throw new UnknownNode(name, [...this.#nodes.keys()]);
    return `${this.#first}/root/proc/${pid}`;
  }

  /** A node's root folder as programs see it that run in the lab's outermost namespaces (`looking`). */
  rootFromLab(node: string): string {
    const pid = this.node(node).split('/').at(-1);
    return `/proc/${pid}/root`;
  }

  /** The node's pty multiplexer, at a place that learners cannot change. */
  ptmx(node: string): string {
    this.node(node);
    return `${this.#first}/root/run/lab/${node}/pts/ptmx`;
  }

  /** The node's own network namespace. */
  ownNetns(node: string): string {
    return `${this.node(node)}/ns/net`;
  }

  openOwnNetns(node: string): OpenPath {
    return openTrusted(this.ownNetns(node));
  }

  /**
   * Opens a named network namespace, to be handed to a program as a descriptor.
   * @throws ENOENT when there is none of that name, NotANamespace when the name leads to something else
   */
  openNetns(node: string, name: string): OpenPath {
    const opened = openInside(`${this.node(node)}/root`, `/run/netns/${name}`);
    if (opened.isNamespace()) return opened;
    opened[Symbol.dispose]();
    throw new NotANamespace(name);
  }

  /**
   * The command line that runs a program of the image in the lab's outermost mount and PID namespaces, where the image's
   * own files are and no learner's process is, and in a network namespace of choice. The user namespace comes first: from
   * then on the kernel lets us join only what belongs to this lab.
   */
  looking(netns: string, argv: readonly string[]): [string, ...string[]] {
    const ns = `${this.#first}/ns`;
    const at = [`--user=${ns}/user`, `--net=${netns}`, `--mount=${ns}/mnt`, `--pid=${ns}/pid`];
    const [program = '', ...rest] = argv;
    // busybox would take its own applet for a bare name.
    return [this.#tools.busybox, 'nsenter', ...at, '-S', '0', '-G', '0', '--', this.#tools.find(program), ...rest];
  }

  /** The command line that runs a program of the node's own, in all of the node's namespaces. */
  inside(node: string, argv: readonly string[]): [string, ...string[]] {
    const ns = `${this.node(node)}/ns`;
    const at = ['user', 'mnt', 'uts', 'ipc', 'net', 'pid'].map((kind) => `--${LONG[kind] ?? kind}=${ns}/${kind}`);
    return [this.#tools.busybox, 'nsenter', ...at, '-S', '0', '-G', '0', '--', ...argv];
  }

  /** As `inside`, within the lab's limits: what the lab's own programs do must count as the lab's. */
  insideLimits(node: string, argv: readonly string[], joinFiles: readonly string[]): [string, ...string[]] {
    const join = joinFiles.map((file) => `echo 0 > ${quote(file)}`);
    const text = [`{ ${CLOSE_INHERITED}; }`, ...join, 'exec "$@"'].join(' && ');
    return [this.#tools.busybox, 'sh', '-c', text, 'sh', ...this.inside(node, argv)];
  }

  /** True while every node's first process lives: `reboot` in a node ends that node. */
  nodesLive(): boolean {
    return [...this.#nodes.keys()].every((name) => existsSync(this.node(name)));
  }
}

const LONG: Record<string, string> = { mnt: 'mount' };

export class UnknownNode extends Error {
  constructor(name: string, known: readonly string[]) {
    super(`there is no node ${name}; the lab has ${known.join(', ')}`);
  }
}

export class NotANamespace extends Error {
  constructor(name: string) {
    super(`/run/netns/${name} is not a network namespace`);
  }
}
