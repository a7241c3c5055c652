import type { Preparation, WatchEvent } from '../../../lab-agent/contract/agent-api.ts';
import { HoplabError } from '../../../lab-agent/contract/errors.ts';
import type { ClusterStep } from '../../../lab-agent/contract/lab.ts';
import type { TerminalDescription } from '../../../lab-agent/contract/terminal.ts';
import { loadLesson, loadTopology } from '../../_lessons/index.ts';
import type { Lesson } from '../../_lessons/types.ts';
import { type LabPlace, recordEnd, recordExpiry, recordFresh } from '../../_progress/labs.ts';
import { onReached } from '../../_progress/reached-news.ts';
import type { Database } from '../../_server/database.ts';
import { toHoplabError } from '../../_server/errors.ts';
import { log } from '../../_server/log.ts';
import type { AgentClient } from '../agents/client.ts';
import { untilClusterReady } from '../agents/cluster-ready.ts';
import { AgentWatch } from '../agents/watch.ts';
import { type PlacedLab, placeLab } from '../place-lab.ts';
import type { GatewayMessage, PageMessage } from '../wire.ts';
import { ensureTerminals } from './lab-terminals.ts';
import type { PageSocket } from './page-socket.ts';
import { Serial } from './serial.ts';
import { checksToSend, placeResults, type StepResult, toShown } from './shown-check.ts';
import { StepProgress } from './step-progress.ts';
import { typeSolutions } from './type-solutions.ts';

/** What the lab is busy with, for pages that come meanwhile. */
type Busy = Extract<GatewayMessage, { type: 'preparing' | 'building' | 'bringing' }>;
export type LabSessionOptions = { db: Database; agents: readonly AgentClient[]; place: LabPlace };

/** How far a cluster is that is still being made is asked this often, while somebody looks. */
const ASK_AGAIN_MS = 1000;

/**
 * A learner's lesson while pages of it are open: one lab, one watch at the agent, one record of progress, shared by all
 * pages. The lab itself outlives this session.
 */
export class LabSession implements Disposable {
  readonly #options: LabSessionOptions;
  readonly #pages = new Set<PageSocket>();
  readonly #progress: StepProgress;
  readonly #news: Disposable;
  #placed: PlacedLab | undefined;
  #watch: AgentWatch | undefined;
  #terminals: TerminalDescription[] = [];
  /** The latest of each, for pages that come later. */
  readonly #results = new Map<string, StepResult>();
  #state: Extract<GatewayMessage, { type: 'state' }> | undefined;
  #warning: Extract<GatewayMessage, { type: 'warning' }> | undefined;
  #busy: Busy | undefined;
  #askAgain: NodeJS.Timeout | undefined;
  /** What changes the lab goes one after another; so do telling results and recording them. */
  readonly #changes = new Serial();
  readonly #tells = new Serial();
  readonly #records = new Serial();
  #disposed = false;

  constructor(options: LabSessionOptions) {
    this.#options = options;
    this.#progress = new StepProgress(options.db, options.place);
    this.#news = onReached(options.place.userId, () => this.#record(() => this.#progress.reload()));
  }

  get pages(): number {
    return this.#pages.size;
  }

  /** Adds a page: it is told what is known, and the lab is found or made. */
  async join(page: PageSocket): Promise<void> {
    this.#pages.add(page);
    await this.#progress.reload();
    page.send({ type: 'reached', steps: this.#progress.reached });
    if (this.#busy) page.send(this.#busy);
    await this.#changes.run(async () => {
      if (!this.#placed) return await this.#ensure();
      await this.#tellAll(page, this.#placed);
    });
  }

  leave(page: PageSocket): void {
    this.#pages.delete(page);
    if (this.#pages.size > 0) this.#watchSteps().catch((error: unknown) => this.#tellError(error));
  }

  async handle(page: PageSocket, message: PageMessage): Promise<void> {
    switch (message.type) {
      case 'step':
        page.step = message.step;
        this.#record(async () => this.#progress.visit(await this.#lesson(), message.step));
        return await this.#watchSteps();
      case 'check':
        this.#present();
        return this.#watch?.run(checksToSend(await this.#step(message.step)));
      case 'active':
        return this.#watch?.active();
      case 'start':
        return await this.#changes.run(() => this.#ensure());
      case 'extend':
        return await this.#extend();
      case 'reset':
        return await this.#changes.run(() => this.#reset());
      case 'bring':
        return await this.#changes.run(() => this.#bring(message.step));
      case 'open-terminal': {
        const { type: _, ...wanted } = message;
        const { client, lab } = this.#present();
        await client.openTerminal(lab.id, wanted);
        return await this.#tellTerminals();
      }
      case 'close-terminal': {
        const { client, lab } = this.#present();
        await client.closeTerminal(lab.id, message.id);
        return await this.#tellTerminals();
      }
    }
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    clearTimeout(this.#askAgain);
    this.#news[Symbol.dispose]();
    this.#watch?.[Symbol.dispose]();
    for (const page of this.#pages) page[Symbol.dispose]();
    this.#pages.clear();
  }

  async #ensure(): Promise<void> {
    clearTimeout(this.#askAgain);
    if (this.#placed || this.#disposed) return;
    const { db, agents, place } = this.#options;
    const { frontMatter } = await this.#lesson();
    try {
      const placed = await placeLab(db, agents, {
        place,
        topology: frontMatter.topology,
        needs: frontMatter.needs,
        load: () => loadTopology(place.course, frontMatter.topology),
        onBuilding: () => this.#tellBusy({ type: 'building' }),
      });
      if ('preparation' in placed) return this.#await(placed.preparation);
      await this.#take(placed);
      this.#busy = undefined;
    } catch (error) {
      this.#busy = undefined;
      throw error;
    }
  }

  /** The lab starts by itself when its cluster is there; what could not be made waits for a reader's word. */
  #await(preparation: Preparation): void {
    this.#tellBusy({ type: 'preparing', preparation });
    if (preparation.state !== 'failed') this.#ensureLater();
  }

  /** Not while nobody looks: who comes then asks by coming. */
  #ensureLater(): void {
    this.#askAgain = setTimeout(async () => {
      if (this.#pages.size === 0) return;
      try {
        await this.#changes.run(() => this.#ensure());
      } catch (error) {
        this.#tellError(error);
        // An agent that is started again goes on where it was.
        if (toHoplabError(error).code === 'unavailable' && !this.#disposed) this.#ensureLater();
      }
    }, ASK_AGAIN_MS);
  }

  /** Begins with a lab, new or found. */
  async #take(placed: PlacedLab): Promise<void> {
    const { client, lab, row } = placed;
    this.#watch?.[Symbol.dispose]();
    this.#placed = placed;
    this.#results.clear();
    this.#state = undefined;
    try {
      [this.#terminals] = await Promise.all([ensureTerminals(client, lab), this.#progress.begin(row)]);
    } catch (error) {
      // Without its terminals and records the lab is not taken: the next try begins anew with it.
      this.#letGo();
      throw error;
    }
    if (this.#disposed) return;
    this.#broadcast({ type: 'lab', lab, terminals: this.#terminals });
    this.#watch = new AgentWatch(client, lab.id, {
      onEvent: (event) => this.#onEvent(event),
      onGone: (reason) => void this.#onGone(lab.id, reason),
      onSilent: (silent) => this.#onSilent(silent),
    });
    await this.#watchSteps();
  }

  async #reset(): Promise<void> {
    const { client, lab } = this.#present();
    this.#tellBusy({ type: 'building' });
    this.#letGo();
    try {
      const fresh = await client.reset(lab.id);
      await this.#take({ client, lab: fresh, row: await recordFresh(this.#options.db, lab.id, null) });
    } finally {
      this.#busy = undefined;
      if (!this.#placed) await this.#ensure();
    }
  }

  async #bring(step: string): Promise<void> {
    const { steps } = await this.#lesson();
    const target = steps.findIndex(({ id }) => id === step);
    if (target < 0) throw noSuchStep(step);
    await this.#ensure();
    const { client, lab } = this.#present();
    const told = (done: number, cluster?: ClusterStep[]) =>
      this.#tellBusy({ type: 'bringing', step, done, of: target, ...(cluster ? { cluster } : {}) });
    told(0);
    this.#letGo();
    try {
      const fresh = await client.reset(lab.id);
      const row = await recordFresh(this.#options.db, lab.id, step);
      try {
        if (target > 0) await untilClusterReady(client, fresh, { onSteps: (cluster) => told(0, cluster) });
        await typeSolutions(client, fresh, { steps: steps.slice(0, target), onStep: told });
      } finally {
        await this.#take({ client, lab: fresh, row });
      }
    } finally {
      this.#busy = undefined;
      if (!this.#placed) await this.#ensure();
    }
  }

  async #extend(): Promise<void> {
    const placed = this.#present();
    placed.lab = await placed.client.extend(placed.lab.id);
    this.#broadcast({ type: 'lab', lab: placed.lab, terminals: this.#terminals });
    await recordExpiry(this.#options.db, placed.lab.id, placed.lab.expiresAt);
  }

  /** Watches the checks of the steps that the open pages are at. */
  async #watchSteps(): Promise<void> {
    const { steps } = await this.#lesson();
    // Looked at after the wait: of two calls at once, the later one to end must not bring back where pages were before.
    const at = new Set([...this.#pages].flatMap(({ step }) => step ?? []));
    // The contract allows 50 at once.
    const checks = steps.filter(({ id }) => at.has(id)).flatMap(checksToSend);
    this.#watch?.watch(checks.slice(0, 50));
  }

  #onEvent(event: WatchEvent): void {
    switch (event.type) {
      case 'results':
        this.#onResults(event.results);
        break;
      case 'lab':
        if (this.#placed) this.#placed.lab = event.lab;
        this.#broadcast({ ...event, terminals: this.#terminals });
        break;
      case 'state':
        this.#state = event;
        this.#broadcast(event);
        break;
      case 'warning':
        this.#warning = event;
        this.#broadcast(event);
        break;
      case 'gone':
        // AgentWatch tells this by onGone.
        break;
    }
  }

  /** Told first, recorded then: the screen does not wait for the disk. */
  #onResults(results: Extract<WatchEvent, { type: 'results' }>['results']): void {
    const told = this.#tells.run(async () => {
      const lesson = await this.#lesson();
      const placed = placeResults(lesson, results);
      for (const result of placed) this.#results.set(result.result.id, result);
      await Promise.all([...this.#pages].map((page) => this.#tellResults(page, placed)));
      return { lesson, placed };
    });
    this.#record(async () => {
      const { lesson, placed } = await told;
      return await this.#progress.record(lesson, placed);
    });
  }

  async #tellResults(page: PageSocket, results: readonly StepResult[]): Promise<void> {
    const { course, lesson: slug } = this.#options.place;
    const lesson = await loadLesson(course, slug, page.language);
    if (results.length > 0) page.send({ type: 'results', checks: results.map((result) => toShown(lesson, result)) });
  }

  async #onGone(id: string, reason: string): Promise<void> {
    if (this.#placed?.lab.id !== id) return;
    this.#letGo();
    log('info', `gone: ${reason}`, { lab: id });
    try {
      if (reason === 'reset') return await this.#changes.run(() => this.#ensure());
      this.#broadcast({ type: 'gone', reason });
      await recordEnd(this.#options.db, id, reason);
    } catch (error) {
      this.#tellError(error);
    }
  }

  #onSilent(silent: boolean): void {
    if (!silent) return;
    const message = 'The lab agent does not answer just now.';
    const hint = 'It is asked again by itself; the lab and its shells go on meanwhile.';
    this.#broadcast({ type: 'error', code: 'unavailable', message, hint });
  }

  #letGo(): void {
    this.#watch?.[Symbol.dispose]();
    this.#watch = undefined;
    this.#placed = undefined;
    this.#results.clear();
    this.#state = undefined;
    this.#warning = undefined;
  }

  async #tellAll(page: PageSocket, { client, lab }: PlacedLab): Promise<void> {
    this.#terminals = await ensureTerminals(client, lab);
    page.send({ type: 'lab', lab, terminals: this.#terminals });
    if (this.#state) page.send(this.#state);
    // A page that is opened is no idleness, but the end that was warned of still comes, unless the lab was extended.
    if (this.#warning?.reason === 'expiry' && lab.expiresAt <= this.#warning.at) page.send(this.#warning);
    await this.#tellResults(page, [...this.#results.values()]);
  }

  async #tellTerminals(): Promise<void> {
    const { client, lab } = this.#present();
    this.#terminals = await client.terminals(lab.id);
    this.#broadcast({ type: 'terminals', terminals: this.#terminals });
  }

  #tellBusy(message: Busy): void {
    this.#busy = message;
    this.#broadcast(message);
  }

  #tellError(error: unknown): void {
    for (const page of this.#pages) page.sendError(error);
  }

  #broadcast(message: GatewayMessage): void {
    for (const page of this.#pages) page.send(message);
  }

  /** Recording keeps its order; a failure is told to the pages. `true` from the task: a step was reached. */
  #record(task: () => Promise<boolean>): void {
    void this.#records.run(async () => {
      try {
        if (await task()) this.#broadcast({ type: 'reached', steps: this.#progress.reached });
      } catch (error) {
        log('error', `not recorded: ${toHoplabError(error).message}`, { lab: this.#placed?.lab.id });
        this.#tellError(error);
      }
    });
  }

  #present(): PlacedLab {
    if (this.#placed) return this.#placed;
    throw new HoplabError('not-ready', 'There is no lab just now.', 'Wait until it is ready, or start it again.');
  }

  #lesson(): Promise<Lesson> {
    const { course, lesson } = this.#options.place;
    return loadLesson(course, lesson, 'en');
  }

  async #step(id: string): Promise<Lesson['steps'][number]> {
    const step = (await this.#lesson()).steps.find((candidate) => candidate.id === id);
    if (step) return step;
    throw noSuchStep(id);
  }
}

const noSuchStep = (step: string) =>
  new HoplabError('not-found', `The lesson has no step "${step}".`, 'Reload the page: the lesson may have changed.');
