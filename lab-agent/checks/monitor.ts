import type { Place } from '../contract/names.ts';
import type { RunningLab } from '../providers/provider.ts';

/** What the kernel said has changed. */
export type Change = 'links' | 'neighbours' | 'rules';
export type MonitorTool = 'ip' | 'nft';

/**
 * Neither program says when it has begun to listen, and both take some milliseconds: what happened meanwhile is caught up
 * with by one look after this time.
 */
const CATCH_UP_MS = 150;
const FIRST_RESTART_MS = 200;
const LONGEST_RESTART_MS = 5000;
/** A monitor that lived this long had a reason of its own to end: the next restart is quick again. */
const LIVED_MS = 10_000;
/** A learner's loop causes a hundred thousand events a second, which all say that something has changed. */
const REST_MS = 50;
const MAX_LINE_CHARS = 1000;

const ARGV: Record<MonitorTool, [string, ...string[]]> = {
  ip: ['ip', 'monitor', 'label', 'link', 'address', 'route', 'neigh'],
  nft: ['nft', 'monitor'],
};

/** One `ip monitor` or `nft monitor` in a place; started again while it is wanted and the lab lives. */
export class Monitor implements Disposable {
  readonly #lab: RunningLab;
  readonly #place: Place;
  readonly #tool: MonitorTool;
  readonly #onChange: (change: Change) => void;
  #following: Disposable | undefined;
  #timer: NodeJS.Timeout | undefined;
  #rest = '';
  #startedAt = 0;
  #restartMs = FIRST_RESTART_MS;
  #disposed = false;

  constructor(lab: RunningLab, place: Place, tool: MonitorTool, onChange: (change: Change) => void) {
    this.#lab = lab;
    this.#place = place;
    this.#tool = tool;
    this.#onChange = onChange;
    this.#start();
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
    this.#following?.[Symbol.dispose]();
  }

  #start(): void {
    this.#rest = '';
    this.#startedAt = performance.now();
    try {
      this.#following = this.#lab.follow(this.#place, ARGV[this.#tool], {
        data: (chunk) => this.#read(chunk.toString('utf8')),
        // Mostly "No buffer space available": events were lost, so everything may have changed.
        error: () => this.#everything(),
        end: () => this.#restart(),
        restMs: REST_MS,
      });
    } catch {
      // The place has just gone; whoever watches names disposes us, or it is back at the next try.
      this.#restart();
      return;
    }
    this.#timer = setTimeout(() => this.#everything(), CATCH_UP_MS);
  }

  #restart(): void {
    clearTimeout(this.#timer);
    if (this.#disposed || !this.#lab.alive()) return;
    if (performance.now() - this.#startedAt > LIVED_MS) this.#restartMs = FIRST_RESTART_MS;
    this.#timer = setTimeout(() => this.#start(), this.#restartMs);
    this.#restartMs = Math.min(this.#restartMs * 2, LONGEST_RESTART_MS);
  }

  #everything(): void {
    if (this.#disposed) return;
    const changes: Change[] = this.#tool === 'nft' ? ['rules'] : ['links', 'neighbours'];
    for (const change of changes) this.#onChange(change);
  }

  #read(text: string): void {
    if (this.#disposed) return;
    if (this.#tool === 'nft') {
      this.#onChange('rules');
      return;
    }
    const lines = (this.#rest + text).split('\n');
    this.#rest = (lines.pop() ?? '').slice(0, MAX_LINE_CHARS);
    const changes = new Set(lines.flatMap((line) => changeOf(line) ?? []));
    for (const change of changes) this.#onChange(change);
  }
}

/** `[LINK]4: p1@p2: …`; lines without a label continue the one before. */
function changeOf(line: string): Change | undefined {
  if (line.startsWith('[NEIGH]')) return 'neighbours';
  return line.startsWith('[') ? 'links' : undefined;
}
