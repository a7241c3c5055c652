import { EventEmitter } from 'node:events';
import { followReadiness, stepsOf } from '../cluster/readiness.ts';
import type { WatchEvent } from '../contract/agent-api.ts';
import { HoplabError } from '../contract/errors.ts';
import type { ClusterStep, LabDescription, LabPhase } from '../contract/lab.ts';
import type { Topology } from '../contract/topology.ts';
import type { Provider, RunningLab } from '../providers/provider.ts';
import type { Policy } from './policy.ts';
import type { SavedLab } from './saved.ts';

export type GoneReason = Extract<WatchEvent, { type: 'gone' }>['reason'];
type Events = {
  /** Its description changed. */
  changed: [];
  /** It runs on fresh nodes. */
  fresh: [RunningLab];
  warning: [Extract<WatchEvent, { type: 'warning' }>];
  gone: [GoneReason];
};

/** One lab through its life: building, ready, frozen, closing. Whatever changes it goes one after another. */
export class Lab extends EventEmitter<Events> {
  readonly saved: SavedLab;
  readonly topology: Topology;
  readonly #provider: Provider;
  readonly #templateOf: TemplateOf;
  #running: RunningLab | undefined;
  #phase: LabPhase = 'building';
  #queue: Promise<unknown> = Promise.resolve();
  #viewers = 0;
  #unseenSince: number | undefined = Date.now();
  #warned: string | undefined;
  #touched = false;
  #steps: ClusterStep[] | undefined;
  #following = new AbortController();

  constructor(saved: SavedLab, topology: Topology, provider: Provider, templateOf: TemplateOf = () => undefined) {
    super();
    this.setMaxListeners(0);
    this.saved = saved;
    this.topology = topology;
    this.#provider = provider;
    this.#templateOf = templateOf;
  }

  get id(): string {
    return this.saved.id;
  }
  get phase(): LabPhase {
    return this.#phase;
  }
  get times(): { expiresAt: number; lastActive: number; unseenSince: number | undefined } {
    return { expiresAt: this.saved.expiresAt, lastActive: this.saved.lastActive, unseenSince: this.#unseenSince };
  }

  /** The lab to look at. @throws HoplabError `not-ready` while it is built, `lab-gone` when it ends */
  get running(): RunningLab {
    if (this.#phase === 'closing') throw gone();
    if (!this.#running) throw new HoplabError('not-ready', 'the lab is being built', 'Try again in a moment.');
    return this.#running;
  }

  build(): Promise<void> {
    return this.#next(async () => {
      await this.#build();
      this.emit('fresh', this.running);
    });
  }

  adopt(running: RunningLab): void {
    this.#running = running;
    this.#phase = 'ready';
    this.#followCluster(running);
  }

  /** From now on somebody's: what is saved of it is new, but for its id and when its nodes were brought up. */
  giveTo(saved: SavedLab): void {
    const { id, switchedOnAt } = this.saved;
    Object.assign(this.saved, saved, { id, switchedOnAt, pooled: false });
    this.#unseenSince = Date.now();
    this.#running?.setShare('normal');
    this.emit('changed');
  }

  /** The same lab on fresh nodes. @throws HoplabError `lab-gone` when it was ended meanwhile */
  reset(): Promise<void> {
    return this.#next(async () => {
      if (this.#phase === 'closing') throw gone();
      this.#become('building');
      await this.#running?.destroy();
      this.#running = undefined;
      await this.#build();
      this.emit('fresh', this.running);
    });
  }

  /** Ends it; resolves when nothing is left. Doing it twice does no harm. */
  end(reason: GoneReason): Promise<void> {
    return this.#next(async () => {
      if (this.#phase === 'closing') return;
      this.#become('closing');
      this.emit('gone', reason);
      await this.#running?.destroy();
      this.#running = undefined;
    });
  }

  /** Something happened: the idle clock starts again and a frozen lab goes on. */
  touch(): void {
    this.saved.lastActive = Date.now();
    this.#touched = true;
    this.#warned = undefined;
    if (this.#phase === 'frozen') void this.thaw();
  }

  /** True once after it was touched: then it is worth saving. */
  takeTouched(): boolean {
    const touched = this.#touched;
    this.#touched = false;
    return touched;
  }

  thaw(): Promise<void> {
    return this.#next(async () => {
      if (this.#phase !== 'frozen') return;
      await this.#running?.thaw();
      if (this.#running && !this.clusterIsReady) this.#followCluster(this.#running);
      this.#become('ready');
    });
  }

  freeze(): Promise<void> {
    return this.#next(async () => {
      if (this.#phase !== 'ready') return;
      this.#following.abort();
      await this.#running?.freeze();
      this.#become('frozen');
    });
  }

  extend(policy: Policy): void {
    if (this.saved.extensionsLeft < 1) {
      throw new HoplabError(
        'limit-reached',
        'this lab cannot be extended again',
        'Finish, or reset it: your progress stays.',
      );
    }
    this.saved.extensionsLeft -= 1;
    this.saved.expiresAt += policy.extensionMs;
    this.touch();
    this.emit('changed');
  }

  /** Counts someone who looks, until disposed. */
  watchedBy(): Disposable {
    this.#viewers += 1;
    this.#unseenSince = undefined;
    if (this.#phase === 'frozen') void this.thaw();
    let counted = true;
    return {
      [Symbol.dispose]: () => {
        if (!counted) return;
        counted = false;
        this.#viewers -= 1;
        if (this.#viewers === 0) this.#unseenSince = Date.now();
      },
    };
  }

  /** Tells it once per reason and time. */
  warn(reason: 'expiry' | 'idle', at: number): void {
    const key = `${reason} ${at}`;
    if (this.#warned === key) return;
    this.#warned = key;
    this.emit('warning', { type: 'warning', reason, at });
  }

  crashed(): boolean {
    return (this.#phase === 'ready' || this.#phase === 'frozen') && this.#running?.alive() === false;
  }

  describe(provider: string, idleMs: number): LabDescription {
    const { id, owner, name, image, createdAt, buildMs, expiresAt, lastActive, extensionsLeft } = this.saved;
    const nodes = Object.entries(this.topology.nodes).map(([node, { kind, shell }]) => ({
      name: node,
      kind,
      shell: shell ?? kind === 'machine',
    }));
    const times = { createdAt, buildMs, expiresAt, idleExpiresAt: lastActive + idleMs, extensionsLeft };
    const standsIn = this.topology.standsIn;
    const cluster = this.#steps ? { cluster: this.#steps } : {};
    return { id, owner, topology: name, phase: this.#phase, nodes, standsIn, image, provider, ...times, ...cluster };
  }

  async #build(): Promise<void> {
    const started = performance.now();
    this.#steps = undefined;
    const template = this.#templateOf(this.topology);
    this.saved.switchedOnAt = Date.now();
    this.#running = await this.#provider.build({ id: this.id, topology: this.topology, template });
    this.saved.buildMs = Math.round(performance.now() - started);
    this.#followCluster(this.#running);
    this.#become('ready');
  }

  /** True when everything of its cluster, if it has one, was seen to be ready. */
  get clusterIsReady(): boolean {
    // Before its machines are up nothing of it was seen.
    return this.topology.cluster === undefined || (this.#steps?.every(({ reached }) => reached) ?? false);
  }

  /** Looks at how far the cluster has come, and tells each step. */
  #followCluster(running: RunningLab): void {
    this.#following.abort();
    this.#following = new AbortController();
    const { cluster } = this.topology;
    if (!cluster) return;
    const ids = stepsOf(cluster);
    let steps: ClusterStep[] = ids.map((id) => ({ id, reached: false, observed: '' }));
    this.#steps = steps;
    const onStep = (step: ClusterStep) => {
      steps = steps.map((one) => (one.id === step.id ? step : one));
      this.#steps = steps;
      if (this.clusterIsReady) running.settle();
      this.emit('changed');
    };
    const since = this.saved.switchedOnAt ?? this.saved.createdAt;
    void followReadiness(running, { steps: ids, since, onStep, signal: this.#following.signal });
  }

  #become(phase: LabPhase): void {
    if (phase === 'building' || phase === 'closing') this.#following.abort();
    this.#phase = phase;
    this.emit('changed');
  }

  #next<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work);
    this.#queue = result.catch(() => undefined); // the caller hears of it; the next one goes on
    return result;
  }
}

/** The template that labs of a topology are switched on from; undefined without a cluster. @throws HoplabError `not-ready` */
export type TemplateOf = (topology: Topology) => string | undefined;

const gone = () => new HoplabError('lab-gone', 'this lab has ended', 'Start it again.');
