import { watch } from 'node:fs';
import { LabCluster } from '../../cluster/lab-cluster.ts';
import { withCluster } from '../../cluster/live-cluster.ts';
import { LATE_NS, TICKING } from '../../cluster/settle.ts';
import { holdBack, letGo, type Sleeper } from '../../cluster/wake.ts';
import type { LiveState } from '../../contract/lab.ts';
import type { Place } from '../../contract/names.ts';
import { processesOf, setCpuShare, setFrozen } from '../../system/cgroups.ts';
import { follow, PLAIN_ENV, type RunResult, run } from '../../system/exec.ts';
import type { ImageTools } from '../../system/image-tools.ts';
import { listOpened, type OpenPath, openInside, readOpened } from '../../system/lab-files.ts';
import { unpackInto } from '../../system/unpack.ts';
import type { FileLooked, Looked, LookOptions, RunningLab, ShellLaunch } from '../provider.ts';
import { connectionsTo, endingOf } from './connections.ts';
import { readLiveState } from './live-state.ts';
import { named, setTimerSlack, signalAll, workOf } from './named-processes.ts';
import { Places } from './places.ts';
import { listProcesses } from './processes.ts';
import { firstLives, type LabRecord } from './record.ts';

/** Of the names in a node's /run/netns so many are looked at: each costs the agent a few system calls. */
const MAX_NAMES = 256;
/** A learner may call any program kubelet: of a cluster's own there are fewer. */
const MAX_NAMED = 16;

/** One lab made of namespaces, as the rest of the agent uses it. Knows nothing of how it was built. */
export class NamespacesLab implements RunningLab {
  readonly id: string;
  readonly nodes: RunningLab['nodes'];
  readonly cluster: LabCluster | undefined;
  #waking = new AbortController();
  readonly #record: LabRecord;
  readonly #places: Places;
  readonly #joinFiles: string[];
  readonly #remove: () => Promise<void>;

  constructor(record: LabRecord, tools: ImageTools, joinFiles: string[], remove: () => Promise<void>) {
    this.id = record.id;
    this.nodes = record.nodes.map(({ name, kind, shell }) => ({ name, kind, shell }));
    this.cluster = record.cluster && new LabCluster(this, record.cluster);
    this.#record = record;
    this.#places = new Places(record, tools);
    this.#joinFiles = joinFiles;
    this.#remove = remove;
  }

  async look(place: Place, argv: readonly [string, ...string[]], options: LookOptions): Promise<Looked> {
    return this.#withNetns(place, async (path, fds) =>
      looked(await run(this.#places.looking(path, argv), { ...options, fds })),
    );
  }

  async lookWithRoot(node: string, argv: readonly [string, ...string[]], options: LookOptions): Promise<Looked> {
    const root = this.#places.rootFromLab(node);
    const [program, ...rest] = argv;
    const filled = [program, ...rest.map((word) => word.replaceAll('{root}', root))] as const;
    const env = { ...PLAIN_ENV, NODE_ROOT: root };
    return looked(await run(this.#places.looking(this.#places.ownNetns(node), filled), { ...options, env }));
  }

  follow(place: Place, argv: readonly [string, ...string[]], on: Parameters<RunningLab['follow']>[2]): Disposable {
    const start = (path: string, fds: number[]) => follow(this.#places.looking(path, argv), on, { fds });
    if (!place.netns) return start(this.#places.ownNetns(place.node), []);
    // The program has its own copy of the descriptor as soon as it is started.
    using opened = this.#places.openNetns(place.node, place.netns);
    return start('/proc/self/fd/3', [opened.fd]);
  }

  async runInside(node: string, script: string, options: LookOptions): Promise<Looked> {
    const argv = this.#places.insideLimits(node, ['/bin/sh', '-c', script], this.#joinFiles);
    return looked(await run(argv, { ...options, env: { ...PLAIN_ENV, TERM: 'dumb' } }));
  }

  async readFile(node: string, path: string, maxBytes: number): Promise<FileLooked> {
    try {
      using file = openInside(`${this.#places.node(node)}/root`, path);
      const { isFile, mode } = file.stat();
      if (!isFile) return { ok: false, missing: false, why: `${path} is not a regular file` };
      // The kernel would answer for the network namespace of whoever reads: ours.
      if (path.startsWith('/proc/sys/'))
        return { ok: false, missing: false, why: 'settings are seen by a `sysctl` check' };
      if (file.isKernelFile() && !/^\/(proc|sys)\//.test(path)) {
        return { ok: false, missing: false, why: `${path} leads to a file of the kernel` };
      }
      return { ok: true, mode, ...readOpened(file, maxBytes) };
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      return { ok: false, missing: code === 'ENOENT' || code === 'ENOTDIR', why: message };
    }
  }

  async processes(place: Place): Promise<{ name: string; args: string }[]> {
    const netns = place.netns ? this.#places.openNetns(place.node, place.netns) : undefined;
    try {
      return listProcesses(this.#places.node(place.node), netns);
    } finally {
      netns?.[Symbol.dispose]();
    }
  }

  async namedNetns(node: string): Promise<string[]> {
    return this.#namedNetns(node);
  }

  #namedNetns(node: string): string[] {
    using folder = this.#netnsFolder(node);
    if (!folder) return [];
    return listOpened(folder, MAX_NAMES)
      .filter((name) => this.#isNetns(node, name))
      .sort();
  }

  watchNetns(node: string, onChange: () => void): Disposable {
    using folder = this.#netnsFolder(node);
    if (!folder) return { [Symbol.dispose]: () => undefined };
    let watcher: ReturnType<typeof watch>;
    try {
      watcher = watch(folder.path, { persistent: false }, onChange);
    } catch {
      return { [Symbol.dispose]: () => undefined }; // no watches are left on this machine: the prompt makes us look again
    }
    watcher.on('error', () => undefined); // the folder went with its lab
    return { [Symbol.dispose]: () => watcher.close() };
  }

  async liveState(): Promise<LiveState> {
    const state = await readLiveState(this.#record.nodes, {
      names: (node) => this.#namedNetns(node),
      look: (place, argv, fds) => this.#lookWith(place, argv, fds),
      open: (place) =>
        place.netns ? this.#places.openNetns(place.node, place.netns) : this.#places.openOwnNetns(place.node),
    });
    return this.cluster ? withCluster(state, this, this.cluster) : state;
  }

  async #lookWith(place: Place, argv: readonly [string, ...string[]], fds: number[]): Promise<Looked> {
    const path = place.netns ? undefined : this.#places.ownNetns(place.node);
    if (path) return looked(await run(this.#places.looking(path, argv), { timeoutMs: 5000, fds }));
    using opened = this.#places.openNetns(place.node, place.netns as string);
    const at = `/proc/self/fd/${3 + fds.length}`;
    return looked(await run(this.#places.looking(at, argv), { timeoutMs: 5000, fds: [...fds, opened.fd] }));
  }

  async shellOn(node: string, program: readonly [string, ...string[]] = ['/bin/bash', '-l']): Promise<ShellLaunch> {
    return {
      ptmx: this.#places.ptmx(node),
      argv: this.#places.inside(node, ['/usr/bin/setsid', '-c', ...program]),
      env: {
        PATH: PLAIN_ENV.PATH,
        TERM: 'xterm-256color',
        COLORTERM: 'truecolor',
        HOME: '/root',
        USER: 'root',
        LOGNAME: 'root',
        SHELL: '/bin/bash',
        LANG: 'C.UTF-8',
      },
      cgroups: this.#joinFiles,
    };
  }

  async saveDisk(node: string, paths: readonly string[], folder: string): Promise<void> {
    const script =
      'cd / && for p; do shift; [ ! -e "$p" ] || set -- "$@" "$p"; done; exec tar --numeric-owner --sparse -cf - "$@"';
    const pack = this.#places.inside(node, ['/bin/sh', '-c', script, 'sh', ...paths]);
    await unpackInto(folder, pack);
  }

  setShare(share: 'normal' | 'background'): void {
    setCpuShare(this.#record.group, share);
  }

  settle(): void {
    setTimerSlack(processesOf(this.#record.group), TICKING, LATE_NS);
  }

  async freeze(): Promise<void> {
    this.#waking.abort();
    if (this.cluster) holdBack(this.#sleeper(this.cluster));
    setFrozen(this.#record.group, true);
  }

  async thaw(): Promise<void> {
    setFrozen(this.#record.group, false);
    if (!this.cluster) return;
    this.#waking.abort();
    this.#waking = new AbortController();
    // Goes on by itself: whoever came back has a shell at once, and the API a moment later.
    void letGo(this.#sleeper(this.cluster), this.#waking.signal);
  }

  #sleeper(cluster: LabCluster): Sleeper {
    return {
      signal: (names, signal) => signalAll(processesOf(this.#record.group), names, signal),
      workOf: (names) => workOf(this.#fewNamed(names)),
      cutOff: (names) => this.#cutOff(names, cluster.apiPort),
      get: (path, options) => cluster.get(path, options),
      touchNode: (name) => cluster.touchNode(name),
      alive: () => this.alive(),
    };
  }

  #fewNamed(names: readonly string[]): number[] {
    return named(processesOf(this.#record.group), names).slice(0, MAX_NAMED);
  }

  /** Ends the TCP connections that processes of these names have to a port, without a word on the wire before. */
  async #cutOff(names: readonly string[], port: number): Promise<void> {
    await Promise.all(
      this.#fewNamed(names).map(async (pid) => {
        const own = connectionsTo(pid, port);
        if (own.length === 0) return;
        await run(this.#places.looking(`/proc/${pid}/ns/net`, endingOf(own, port)), { timeoutMs: 2000 });
      }),
    );
  }

  alive(): boolean {
    return firstLives(this.#record) && this.#places.nodesLive();
  }

  destroy(): Promise<void> {
    this.#waking.abort();
    return this.#remove();
  }

  async #withNetns(place: Place, use: (path: string, fds: number[]) => Promise<Looked>): Promise<Looked> {
    if (!place.netns) return use(this.#places.ownNetns(place.node), []);
    let opened: OpenPath;
    try {
      opened = this.#places.openNetns(place.node, place.netns);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      const missing = code === 'ENOENT' || code === 'ENOTDIR';
      return { ok: false, why: missing ? `there is no network namespace ${place.netns} on ${place.node}` : message };
    }
    using netns = opened;
    return await use('/proc/self/fd/3', [netns.fd]);
  }

  #netnsFolder(node: string): OpenPath | undefined {
    try {
      return openInside(`${this.#places.node(node)}/root`, '/run/netns');
    } catch {
      return undefined; // removed by the learner: then there are no named namespaces
    }
  }

  #isNetns(node: string, name: string): boolean {
    try {
      this.#places.openNetns(node, name)[Symbol.dispose]();
      return true;
    } catch {
      return false; // half made by ip netns add this moment, or no namespace at all
    }
  }
}

function looked(result: RunResult): Looked {
  switch (result.ended) {
    case 'exit':
      return { ok: true, code: result.code, stdout: result.stdout, stderr: result.stderr };
    case 'timeout':
      return { ok: false, why: 'it took too long' };
    case 'too-much':
      return { ok: false, why: 'it printed too much' };
    case 'aborted':
      return { ok: false, why: 'it was called off' };
    case 'failed':
      return { ok: false, why: result.why };
  }
}
