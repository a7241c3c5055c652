import { existsSync } from 'node:fs';
import type { Preparation } from '../contract/agent-api.ts';
import { HoplabError } from '../contract/errors.ts';
import type { Topology } from '../contract/topology.ts';
import { readStatus } from '../image/parts/status.ts';
import type { Provider } from '../providers/provider.ts';
import { templateHash } from './template-folder.ts';
import { ensureTemplate } from './templates.ts';

/**
 * What labs with a cluster need before the first can start: the cluster image, which another process builds, and a template
 * for each topology, which is made here, one at a time. Knows nothing of labs that run.
 */
export type ClustersOptions = {
  provider: Provider;
  /** Where the cluster image is, or will be. */
  image: { path: string; hash: string };
  templates?: string;
  newId(): string;
  log(text: string): void;
};

type Making = { stage: string; fraction: number; problem?: string; folder?: string };

const LOOK_FOR_IMAGE_MS = 2000;
/** `npm start` begins to build the cluster image when everything else is up. */
const BUILD_BEGINS_WITHIN_MS = 60_000;

export class Clusters implements Disposable {
  readonly #options: ClustersOptions;
  readonly #making = new Map<string, Making>();
  /** Asked for before there was an image to make them with. */
  readonly #wanted = new Map<string, Topology>();
  readonly #startedAt = performance.now();
  #queue: Promise<unknown> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ClustersOptions) {
    this.#options = options;
  }

  /** Begins to make ready what labs of a topology need, or says how far it is. A failed one is tried again when asked again. */
  prepare(topology: Topology): Preparation {
    if (!topology.cluster) return { state: 'ready', fraction: 1, stage: 'it has no cluster' };
    const hash = this.#hash(topology);
    const image = this.#imageState();
    if (image) {
      this.#wanted.set(hash, topology);
      this.#timer ??= setInterval(() => this.#makeWanted(), LOOK_FOR_IMAGE_MS).unref();
      return image;
    }
    const known = this.#making.get(hash);
    if (known?.folder && existsSync(known.folder)) return { state: 'ready', fraction: 1, stage: 'ready' };
    if (known && !known.folder && !known.problem)
      return { state: 'template', fraction: known.fraction, stage: known.stage };
    if (known?.problem) {
      // Told once, and begun again by whoever asks next.
      this.#making.delete(hash);
      return { state: 'failed', fraction: 0, stage: known.stage, problem: known.problem };
    }
    this.#make(topology, hash);
    return { state: 'template', fraction: 0, stage: 'waiting for its turn' };
  }

  /** The template that labs of a topology start from. @throws HoplabError `not-ready` that says how far it is */
  templateOf(topology: Topology): string {
    const { state, stage, fraction, problem } = this.prepare(topology);
    const folder = state === 'ready' ? this.#making.get(this.#hash(topology))?.folder : undefined;
    if (folder) return folder;
    if (problem) throw new HoplabError('build-failed', problem, 'Try again; the log of the agent says more.');
    throw new HoplabError(
      'not-ready',
      `this cluster is being prepared: ${stage} (${Math.round(fraction * 100)} %)`,
      'It is done once on this machine; try again in a moment.',
    );
  }

  /** Calls back when labs of a topology can be started. */
  onReady(callback: (topology: Topology) => void): void {
    this.#onReady = callback;
  }
  #onReady: (topology: Topology) => void = () => undefined;

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #makeWanted(): void {
    if (this.#imageState()) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    for (const topology of this.#wanted.values()) this.prepare(topology);
    this.#wanted.clear();
  }

  #hash(topology: Topology): string {
    return templateHash(topology, this.#options.image.hash);
  }

  #imageState(): Preparation | undefined {
    const { path, hash } = this.#options.image;
    if (existsSync(path)) return undefined;
    const status = readStatus(hash);
    if (status?.problem) return { state: 'failed', fraction: 0, stage: status.stage, problem: status.problem };
    if (status?.alive) return { state: 'image', fraction: status.fraction, stage: status.stage };
    if (performance.now() - this.#startedAt < BUILD_BEGINS_WITHIN_MS) {
      return { state: 'image', fraction: 0, stage: 'waiting for the build to begin' };
    }
    return {
      state: 'failed',
      fraction: 0,
      stage: 'nothing builds it',
      problem:
        "The cluster's programs are not built on this machine. Build them: npm run image -- ensure, or import them: npm run image -- import FILE.",
    };
  }

  #make(topology: Topology, hash: string): void {
    const making: Making = { stage: 'waiting for its turn', fraction: 0 };
    this.#making.set(hash, making);
    const { provider, image, templates, newId, log } = this.#options;
    const started = performance.now();
    this.#queue = this.#queue.then(async () => {
      try {
        making.folder = await ensureTemplate({
          provider,
          topology,
          imageHash: image.hash,
          ...(templates ? { folder: templates } : {}),
          labId: newId(),
          say: (stage, fraction) => Object.assign(making, { stage, fraction }),
        });
        log(`template ${hash} (${topology.title}): ready after ${Math.round(performance.now() - started)} ms`);
        this.#onReady(topology);
      } catch (error) {
        making.problem = `${(error as Error).message}${error instanceof HoplabError && error.hint ? ` ${error.hint}` : ''}`;
        log(`template ${hash} (${topology.title}): ${making.problem}`);
      }
    });
  }
}
