import type { ClusterView } from '../cluster/view.ts';
import type { LiveState } from '../contract/lab.ts';
import type { Place } from '../contract/names.ts';
import type { Topology } from '../contract/topology.ts';

/**
 * What brings labs up. It names labs, nodes and pods, never pids or paths, so that `hosts` can keep it too.
 * It knows nothing of learners, checks or terminal sessions.
 */
export interface Provider {
  readonly name: string;
  /** Makes the machine ready for labs, once at start; @returns what could not be done, for the log. */
  prepare(): Promise<string | undefined>;
  /** Kernel features of the machine that labs run on, by name. */
  features(): Promise<Record<string, boolean>>;
  /** Builds a lab and returns when every node is up; a failed build is torn down wholly before it throws `build-failed`. */
  build(request: BuildRequest): Promise<RunningLab>;
  /** Takes up a lab that is already running, from what lies in its folder; undefined when it is no longer whole. */
  adopt(id: string): Promise<RunningLab | undefined>;
  /** Removes what is left of labs that are not in `known`: after a crash, at start and on a timer. Returns their ids. */
  reap(known: ReadonlySet<string>): Promise<string[]>;
}

export type BuildRequest = {
  id: string;
  topology: Topology;
  /** For labs with a cluster: the folder of the template that it is switched on from (cluster/template-folder.ts). */
  template?: string | undefined;
  signal?: AbortSignal | undefined;
};

export type Output = { code: number; stdout: string; stderr: string };
export type LookOptions = {
  timeoutMs: number;
  /** Text for its standard input. */
  input?: string;
  /** Bytes of stdout kept; more is an error. 1 MiB unless given. */
  maxBytes?: number;
};

/** The result of running something that may not have come to an end. */
export type Looked = ({ ok: true } & Output) | { ok: false; why: string };

export interface RunningLab {
  readonly id: string;
  readonly nodes: readonly { name: string; kind: 'machine' | 'internet'; shell: boolean }[];

  /**
   * Runs one of the node image's own programs (never the lab's) as the lab's root in a place's network namespace, never in
   * its PID namespace. `ok: false` when the place cannot be entered (no such namespace) or the time is over.
   */
  look(place: Place, argv: readonly [string, ...string[]], options: LookOptions): Promise<Looked>;

  /**
   * As `look` in a node's own network namespace, for programs that need a socket or a folder of the node: `{root}` in the
   * arguments, and $NODE_ROOT, are the path of the node's root. What lies there is the learner's.
   */
  lookWithRoot(node: string, argv: readonly [string, ...string[]], options: LookOptions): Promise<Looked>;

  /**
   * As `look`, for programs that go on: `ip monitor`, `tcpdump`. Ends when disposed; `end` says why it ended by itself.
   * With `restMs` nothing is read for so long after each chunk, and the program waits.
   */
  follow(
    place: Place,
    argv: readonly [string, ...string[]],
    on: { data(chunk: Buffer): void; error?(text: string): void; end?(why: string): void; restMs?: number },
  ): Disposable;

  /** Runs a shell command on the node itself, by its own shell, as root: trusts the lab. For `command` checks only. */
  runInside(node: string, script: string, options: LookOptions): Promise<Looked>;

  /** Reads a regular file by the lab's rules: no link leads out, at most maxBytes. */
  readFile(node: string, path: string, maxBytes: number): Promise<FileLooked>;

  /** The processes of a node, by its PID namespace; `netns` limits them to a named network namespace. */
  processes(place: Place): Promise<{ name: string; args: string }[]>;

  /** The named network namespaces of a node, sorted; names that are no namespace of this lab are left out. */
  namedNetns(node: string): Promise<string[]>;
  /** Calls back, at most every few milliseconds, when a named network namespace comes or goes. */
  watchNetns(node: string, onChange: () => void): Disposable;

  /** The cluster of this lab, if its topology has one. */
  readonly cluster?: ClusterView | undefined;

  /** What exists now: namespaces, interfaces, addresses of every node. */
  liveState(): Promise<LiveState>;

  /** How the terminal host starts a shell here, or another program of the node's own; opaque to everyone else. */
  shellOn(node: string, program?: readonly [string, ...string[]]): Promise<ShellLaunch>;

  /** Copies paths of a node's disk, as root of the node sees them, into a folder of this machine. For templates only. */
  saveDisk(node: string, paths: readonly string[], folder: string): Promise<void>;

  /** `background`: it yields the processor to all others. */
  setShare(share: 'normal' | 'background'): void;

  /** Everything of its cluster is ready: from now on it may be a little slower to notice that time has passed. */
  settle(): void;

  freeze(): Promise<void>;
  thaw(): Promise<void>;
  /** True while the lab's first process and those of all its nodes live. */
  alive(): boolean;
  /** Ends everything; resolves when nothing is left. */
  destroy(): Promise<void>;
}

export type FileLooked =
  | { ok: true; text: string; mode: number; truncated: boolean }
  | { ok: false; missing: boolean; why: string };

/** What the terminal host needs to start one shell. */
export type ShellLaunch = {
  /** The pty multiplexer of the node's own devpts, as the terminal host can open it. */
  ptmx: string;
  /** Program and arguments that enter the node and start the shell; its stdin, stdout and stderr are the terminal. */
  argv: [string, ...string[]];
  env: Record<string, string>;
  /** Files to which the new process writes "0" before it runs, to join the lab's cgroups. */
  cgroups: string[];
};
