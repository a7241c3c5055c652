import type { Place } from '../../contract/names.ts';
import type { FileLooked, Looked, RunningLab } from '../../providers/provider.ts';
import { keyOf } from '../round.ts';
import type { MemoryCluster } from './memory-cluster.ts';

type Following = Parameters<RunningLab['follow']>[2] & { place: Place; argv: readonly string[]; disposed: boolean };

/** For tests: a lab in memory that replays what tools printed, and behaves as badly as a test wants. */
export class MemoryLab implements RunningLab {
  readonly id = 'memory000000';
  readonly nodes = ['m', 'w1', 'router'].map((name) => ({ name, kind: 'machine' as const, shell: true }));
  cluster: MemoryCluster | undefined;
  /** By place and command line, `m: ip -j …`; anything else is answered with `other`. */
  readonly answers = new Map<string, Looked | Promise<Looked>>();
  other: Looked = { ok: false, why: 'the lab is frozen' };
  names: string[] = [];
  readonly looked: string[] = [];
  readonly following: Following[] = [];
  readonly #watchers = new Set<() => void>();

  prints(command: string, stdout: string): this {
    this.answers.set(command, { ok: true, code: 0, stdout, stderr: '' });
    return this;
  }

  setNames(...names: string[]): void {
    this.names = names;
    for (const watcher of this.#watchers) watcher();
  }

  /** The programs that are followed now. */
  get live(): Following[] {
    return this.following.filter((f) => !f.disposed);
  }

  async look(place: Place, argv: readonly [string, ...string[]]): Promise<Looked> {
    const command = `${keyOf(place)}: ${argv.join(' ')}`;
    this.looked.push(command);
    return this.answers.get(command) ?? this.other;
  }

  lookWithRoot(node: string, argv: readonly [string, ...string[]]): Promise<Looked> {
    return this.look({ node }, argv);
  }

  follow(place: Place, argv: readonly [string, ...string[]], on: Parameters<RunningLab['follow']>[2]): Disposable {
    const following: Following = { ...on, place, argv, disposed: false };
    this.following.push(following);
    return {
      [Symbol.dispose]: () => {
        following.disposed = true;
      },
    };
  }

  async runInside(): Promise<Looked> {
    return this.other;
  }

  async readFile(): Promise<FileLooked> {
    return { ok: false, missing: true, why: 'ENOENT' };
  }

  async processes(): Promise<never[]> {
    return [];
  }

  async namedNetns(): Promise<string[]> {
    return this.names;
  }

  watchNetns(_node: string, onChange: () => void): Disposable {
    this.#watchers.add(onChange);
    return { [Symbol.dispose]: () => void this.#watchers.delete(onChange) };
  }

  async liveState() {
    return { nodes: [], at: 0 };
  }

  async shellOn(): Promise<never> {
    throw new Error('a lab in memory has no shells');
  }

  async saveDisk(): Promise<void> {}
  setShare(): void {}
  settle(): void {}
  async freeze(): Promise<void> {}
  async thaw(): Promise<void> {}
  async destroy(): Promise<void> {}

  alive(): boolean {
    return true;
  }
}
