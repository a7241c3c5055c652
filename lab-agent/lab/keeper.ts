import { randomInt } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CreateLab, Hello } from '../contract/agent-api.ts';
import { HoplabError } from '../contract/errors.ts';
import type { LabDescription } from '../contract/lab.ts';
import type { Topology } from '../contract/topology.ts';
import type { Provider } from '../providers/provider.ts';
import { type GoneReason, Lab, type TemplateOf } from './lab.ts';
import { planLab } from './plan.ts';
import { type Policy, whatIsDue } from './policy.ts';
import { isPooled, machineMemory, Pool } from './pool.ts';
import { readSaved, type SavedLab, save, topologyOf } from './saved.ts';

/** Keeps all labs of an agent: makes, counts, freezes, ends and re-adopts them. Knows no kernel, and no learner but a name. */
export type KeeperOptions = {
  provider: Provider;
  policy: Policy;
  /** Where the provider keeps a folder for each lab. */
  labsDir: string;
  image: string;
  /** Gives labs with a cluster what they are switched on from; without it there are none. */
  templateOf?: TemplateOf;
  /** Labs that others make for themselves, and end: templates. The keeper's timer must not take them for left-overs. */
  spared?: ReadonlySet<string>;
  log(text: string): void;
};

const NO_EGRESS =
  'the internet node for the real internet: whoever runs this machine allows no way out (HOPLAB_EGRESS)';
const TICK_MS = 5_000;
/** A cluster that is still starting is not frozen, unless it will never come up. */
const STARTING_MS = 5 * 60_000;

export class LabKeeper implements AsyncDisposable {
  readonly #options: KeeperOptions;
  readonly #labs = new Map<string, Lab>();
  readonly #timer: NodeJS.Timeout;
  #onEnd: (id: string) => Promise<void> = async () => undefined;
  #ticking = false;
  readonly #pool = new Pool();

  constructor(options: KeeperOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.tick(), TICK_MS).unref();
  }

  /** Called before a lab's nodes go, at its end and at a reset: its terminal sessions end with them. */
  onNodesEnd(callback: (id: string) => Promise<void>): void {
    this.#onEnd = callback;
  }

  /** Takes up the labs that another agent process left running, and removes what is left of broken ones. */
  async takeUp(): Promise<void> {
    for (const id of readdirSync(this.#options.labsDir)) await this.#adopt(id);
    const removed = await this.#options.provider.reap(new Set(this.#labs.keys()));
    for (const id of removed) this.#options.log(`lab ${id}: removed what was left of it`);
  }

  async #adopt(id: string): Promise<void> {
    try {
      const saved = readSaved(join(this.#options.labsDir, id));
      const running = await this.#options.provider.adopt(id);
      if (!running) return;
      const lab = new Lab(saved, topologyOf(saved), this.#options.provider, this.#templateOf);
      lab.adopt(running);
      await running.thaw();
      this.#keep(lab);
      this.#options.log(`lab ${id}: taken up again`);
    } catch (error) {
      this.#options.log(`lab ${id}: cannot be taken up: ${(error as Error).message}`);
    }
  }

  readonly #templateOf: TemplateOf = (topology) => {
    if (!topology.cluster) return undefined;
    if (this.#options.templateOf) return this.#options.templateOf(topology);
    throw new HoplabError(
      'unsupported',
      'this agent has no clusters',
      'Give it a cluster image: HOPLAB_CLUSTER_IMAGE.',
    );
  };

  list(): LabDescription[] {
    return this.#inUse().map((lab) => this.describe(lab));
  }

  describe(lab: Lab): LabDescription {
    const { provider, policy } = this.#options;
    const told = lab.describe(provider.name, policy.idleMs);
    return lab.topology.egress && !policy.egress ? { ...told, standsIn: [...told.standsIn, NO_EGRESS] } : told;
  }

  /** @throws HoplabError `not-found` */
  get(id: string): Lab {
    const lab = this.#labs.get(id);
    if (!lab) throw new HoplabError('not-found', `there is no lab ${id}`, 'It may have ended; ask for a new one.');
    return lab;
  }

  /** Something happened in a lab, if it is still there. */
  touch(id: string): void {
    this.#labs.get(id)?.touch();
  }

  /** All labs but those that wait in the pool. */
  #inUse(): Lab[] {
    return [...this.#labs.values()].filter((lab) => !isPooled(lab));
  }

  /** From now on a lab of this topology is kept ready, where there is room. */
  want(topology: Topology): void {
    this.#pool.want(topology);
  }

  get room(): Hello['room'] {
    const { maxLabs, maxLabsPerOwner } = this.#options.policy;
    const pooled = [...this.#labs.values()].filter((lab) => isPooled(lab) && lab.clusterIsReady).length;
    return { labs: this.#inUse().length, maxLabs, maxLabsPerOwner, pooled };
  }

  /** Takes a lab from the pool, or builds one. A build that fails leaves nothing behind. */
  async create(request: CreateLab, topologyAsGiven: unknown): Promise<Lab> {
    planLab(request.topology, request.name);
    this.#checkRoom(request.owner);
    this.#pool.want(request.topology);
    const pooled = this.#pool.find(this.#labs.values(), request.topology);
    if (pooled) return this.#take(pooled, request);
    const saved = this.#newSaved(request.owner, request.name, topologyAsGiven);
    return this.#make(saved, request.topology);
  }

  /** Gives a lab of the pool to whoever asked. */
  async #take(lab: Lab, { owner, name }: CreateLab): Promise<Lab> {
    const started = performance.now();
    lab.giveTo(this.#newSaved(owner, name, lab.saved.topology));
    await lab.thaw();
    lab.saved.buildMs = Math.round(performance.now() - started);
    this.#save(lab);
    this.#options.log(`lab ${lab.id}: ${name} for ${owner}, taken from the pool in ${lab.saved.buildMs} ms`);
    return lab;
  }

  #newSaved(owner: string, name: string, topologyAsGiven: unknown): SavedLab {
    const now = Date.now();
    const { lifeMs, extensions } = this.#options.policy;
    return {
      id: newId(),
      owner,
      name,
      topology: topologyAsGiven,
      image: this.#options.image,
      createdAt: now,
      buildMs: 0,
      expiresAt: now + lifeMs,
      lastActive: now,
      extensionsLeft: extensions,
    };
  }

  async #make(saved: SavedLab, topology: Topology): Promise<Lab> {
    const lab = new Lab(saved, topology, this.#options.provider, this.#templateOf);
    this.#keep(lab);
    try {
      await lab.build();
      this.#save(lab);
    } catch (error) {
      this.#labs.delete(lab.id);
      throw error;
    }
    this.#options.log(`lab ${lab.id}: ${saved.name} for ${saved.owner || 'the pool'}, built in ${saved.buildMs} ms`);
    return lab;
  }

  async reset(id: string): Promise<Lab> {
    const lab = this.get(id);
    await this.#onEnd(id);
    try {
      await lab.reset();
    } catch (error) {
      // Ended by somebody else meanwhile, it may be forgotten already.
      if (this.#labs.has(id)) await this.end(id, 'crashed');
      throw error;
    }
    lab.touch();
    this.#save(lab);
    this.#options.log(`lab ${id}: reset in ${lab.saved.buildMs} ms`);
    return lab;
  }

  extend(id: string): Lab {
    const lab = this.get(id);
    lab.extend(this.#options.policy);
    this.#save(lab);
    return lab;
  }

  async end(id: string, reason: GoneReason): Promise<void> {
    const lab = this.get(id);
    await this.#onEnd(id);
    await lab.end(reason);
    this.#labs.delete(id);
    this.#options.log(`lab ${id}: ended (${reason})`);
  }

  async endAll(): Promise<void> {
    await Promise.all([...this.#labs.keys()].map((id) => this.end(id, 'destroyed')));
  }

  /** What the clock asks for: ends, warnings, freezing, and removing what crashed. Runs on a timer. */
  async tick(now = Date.now()): Promise<void> {
    if (this.#ticking) return;
    this.#ticking = true;
    try {
      for (const lab of this.#labs.values()) await this.#tickLab(lab, now);
      await this.#tickPool();
      await this.#options.provider.reap(new Set([...this.#labs.keys(), ...(this.#options.spared ?? [])]));
    } catch (error) {
      this.#options.log(`the timer: ${(error as Error).message}`);
    } finally {
      this.#ticking = false;
    }
  }

  async #tickLab(lab: Lab, now: number): Promise<void> {
    if (lab.crashed()) return this.end(lab.id, 'crashed');
    if (isPooled(lab)) {
      // It costs memory, and nothing else until it is taken.
      if (lab.phase === 'ready' && lab.clusterIsReady) await lab.freeze();
      return;
    }
    const due = whatIsDue(lab.times, this.#options.policy, now);
    if (due.end) return this.end(lab.id, due.end);
    if (due.warn) lab.warn(due.warn.reason, due.warn.at);
    if (due.freeze && lab.phase === 'ready' && (lab.clusterIsReady || now - lab.saved.lastActive > STARTING_MS))
      await lab.freeze();
    if (lab.phase !== 'building' && lab.takeTouched()) this.#save(lab);
  }

  async #tickPool(): Promise<void> {
    if (this.#options.policy.pool === 0) return;
    const memory = machineMemory();
    for (const lab of this.#pool.surplus(this.#labs.values(), memory)) await this.end(lab.id, 'destroyed');
    if (this.#labs.size >= this.#options.policy.maxLabs) return;
    const wanted = this.#pool.next(this.#labs.values(), memory);
    if (!wanted) return;
    const saved = { ...this.#newSaved('', '', wanted.topology), pooled: true };
    // Its cluster comes up beside the clock, and behind the labs in use.
    const lab = await this.#make(saved, wanted.topology);
    lab.running.setShare('background');
  }

  #keep(lab: Lab): void {
    this.#labs.set(lab.id, lab);
  }

  #save(lab: Lab): void {
    save(join(this.#options.labsDir, lab.id), lab.saved);
  }

  #checkRoom(owner: string): void {
    const { maxLabs, maxLabsPerOwner } = this.#options.policy;
    const own = this.#inUse().filter((lab) => lab.saved.owner === owner);
    if (own.length >= maxLabsPerOwner) {
      throw new HoplabError(
        'limit-reached',
        `you have ${own.length} labs running, and ${maxLabsPerOwner} are allowed`,
        'End one of them first.',
      );
    }
    if (this.#inUse().length >= maxLabs) {
      throw new HoplabError(
        'no-room',
        `all ${maxLabs} labs of this machine are taken`,
        'Try again later, or raise HOPLAB_MAX_LABS.',
      );
    }
  }

  /** Stops the timer; labs go on. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
  }
}

const ID_LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';
/** 62 bits: unguessable enough beside the token that every request needs. */
export const newId = () => Array.from({ length: 12 }, () => ID_LETTERS[randomInt(ID_LETTERS.length)]).join('');
