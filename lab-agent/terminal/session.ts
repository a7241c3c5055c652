import { randomBytes } from 'node:crypto';
import type { WebSocket } from 'ws';
import {
  CLOSE_GONE,
  HIGH_WATER_BYTES,
  LOW_WATER_BYTES,
  RING_BYTES,
  type ShellState,
  type TerminalDescription,
  type TerminalRole,
} from '../contract/terminal.ts';
import type { HostEvent, OpenRequest } from './control.ts';
import { ModeLog } from './mode-log.ts';
import { Pty } from './pty.ts';
import { Ring } from './ring.ts';
import { type Found, Scanner } from './scanner.ts';
import { Viewer, type Watched } from './viewer.ts';

const INPUT_EVENT_EVERY_MS = 200;
/** A lab can print a hundred thousand marks a second: beyond a burst the agent is told of some, and of the last. */
const PROMPT_EVENT_EVERY_MS = 100;
const PROMPT_EVENTS_AT_ONCE = 20;
const CR = 0x0d;

type Size = { cols: number; rows: number };

/**
 * One shell that outlives its viewers: what it printed last, who looks, and when its pty is read.
 * It knows nothing of labs beyond their names.
 */
export class Session implements Watched, Disposable {
  readonly id = randomBytes(16).toString('hex');
  readonly lab: string;
  readonly node: string;
  readonly pod: OpenRequest['pod'];
  readonly name: string;
  readonly ring = new Ring(RING_BYTES);
  readonly startedAt = Date.now();
  #size: Size;
  #pty: Pty | undefined;
  readonly #scanner = new Scanner();
  readonly #modes = new ModeLog();
  readonly #viewers = new Set<Viewer>();
  readonly #emit: (event: HostEvent) => void;
  #state: ShellState = 'unknown';
  #paused = false;
  #inputToldAt = Number.NEGATIVE_INFINITY;
  #promptToldAt = performance.now();
  #promptCredit = PROMPT_EVENTS_AT_ONCE;
  #promptTimer: NodeJS.Timeout | undefined;
  #lastExit: number | undefined;
  #exit: { code: number | null; at: number } | undefined;

  private constructor({ lab, node, pod, name, size }: OpenRequest, emit: (event: HostEvent) => void) {
    this.lab = lab;
    this.node = node;
    this.pod = pod;
    this.name = name;
    this.#size = size;
    this.#emit = emit;
  }

  /** @throws HoplabError when the shell cannot be started */
  static async open(request: OpenRequest, emit: (event: HostEvent) => void): Promise<Session> {
    const session = new Session(request, emit);
    session.#pty = await Pty.start(request.launch, request.size, {
      data: (chunk) => session.#onOutput(chunk),
      exit: (code) => session.#onExit(code),
    });
    return session;
  }

  get description(): TerminalDescription {
    const { id, lab, node, pod, name, startedAt } = this;
    return {
      id,
      lab,
      node,
      ...(pod ? { pod } : {}),
      name,
      ...this.#size,
      startedAt,
      exited: !!this.#exit,
      viewers: this.#viewers.size,
    };
  }

  get viewers(): number {
    return this.#viewers.size;
  }

  /** When the shell ended, in milliseconds since the epoch. */
  get exitedAt(): number | undefined {
    return this.#exit?.at;
  }

  attach(socket: WebSocket, { role, from, size }: { role: TerminalRole; from?: number; size?: Size }): void {
    if (role === 'owner' && size) this.resize(size);
    const viewer = new Viewer(socket, this, role, from);
    this.#viewers.add(viewer);
    this.#tell('attached');
    viewer.pump();
    if (this.#exit) viewer.exited(this.#exit.code);
    this.#balance();
  }

  attachment(from: number) {
    return { modes: this.#modes.at(from), state: this.#state, ...this.#size };
  }

  acknowledged(): void {
    this.#balance();
  }

  /** Returns the bytes that wait for the pty. */
  typed(bytes: Buffer, taken: (bytes: number) => void): number {
    if (!this.#pty || this.#exit) return 0;
    if (bytes.includes(CR) && (this.#state === 'prompt' || this.#state === 'continuation')) this.#state = 'running';
    this.#pty.input.push(bytes, taken);
    const now = performance.now();
    if (now - this.#inputToldAt >= INPUT_EVENT_EVERY_MS) {
      this.#inputToldAt = now;
      this.#tell('input');
    }
    return this.#pty.input.size;
  }

  resize(size: Size, by?: Viewer): void {
    if (size.cols === this.#size.cols && size.rows === this.#size.rows) return;
    this.#size = size;
    this.#pty?.resize(size);
    for (const viewer of this.#viewers) if (viewer !== by) viewer.tell({ type: 'resized', ...size });
  }

  left(viewer: Viewer): void {
    if (!this.#viewers.delete(viewer)) return;
    this.#balance();
    this.#tell('detached');
  }

  #onOutput(chunk: Buffer): void {
    const found = this.#scanner.scan(chunk, this.ring.end);
    this.ring.append(chunk);
    for (const one of found) this.#onFound(one);
    this.#modes.forgetBefore(this.ring.start);
    for (const viewer of this.#viewers) viewer.pump();
    this.#balance();
  }

  #onFound(found: Found): void {
    if (found.type === 'mode' || found.type === 'full-reset') {
      this.#modes.set(found.offset, found.type === 'mode' ? found.modes : 'all', found.type === 'mode' && found.on);
      return;
    }
    if (found.type === 'running') this.#state = 'running';
    else this.#state = found.continuation ? 'continuation' : 'prompt';
    for (const viewer of this.#viewers) viewer.mark(found);
    if (found.type === 'prompt') this.#tellPrompt(found.exit);
  }

  #tellPrompt(exit: number | undefined): void {
    this.#lastExit = exit;
    if (this.#promptTimer) return;
    const now = performance.now();
    const earned = (now - this.#promptToldAt) / PROMPT_EVENT_EVERY_MS;
    this.#promptCredit = Math.min(PROMPT_EVENTS_AT_ONCE, this.#promptCredit + earned);
    this.#promptToldAt = now;
    const tell = () => {
      this.#promptTimer = undefined;
      this.#promptCredit -= 1;
      this.#tell('prompt', this.#lastExit);
    };
    if (this.#promptCredit >= 1) tell();
    else this.#promptTimer = setTimeout(tell, PROMPT_EVENT_EVERY_MS);
  }

  /**
   * Reads the pty as long as any owner keeps up: the fastest one counts, so that a stalled second window stops nothing.
   * Other viewers never count, and with no owner attached the ring takes it all.
   */
  #balance(): void {
    let lag = Number.POSITIVE_INFINITY;
    for (const viewer of this.#viewers) if (viewer.role === 'owner') lag = Math.min(lag, viewer.lag);
    if (!this.#paused && lag > HIGH_WATER_BYTES && lag !== Number.POSITIVE_INFINITY) {
      this.#paused = true;
      this.#pty?.pause();
    } else if (this.#paused && (lag < LOW_WATER_BYTES || lag === Number.POSITIVE_INFINITY)) {
      this.#paused = false;
      this.#pty?.resume();
    }
  }

  #onExit(code: number | null): void {
    this.#exit = { code, at: Date.now() };
    for (const viewer of this.#viewers) viewer.exited(code);
    this.#tell('exit', code ?? undefined);
  }

  #tell(type: HostEvent['type'], exit?: number): void {
    const { lab, node, id: session } = this;
    const viewers = this.#viewers.size;
    this.#emit({ type, lab, node, session, viewers, ...(exit === undefined ? {} : { exit }) });
  }

  /** Hangs up the shell and sends the viewers away. */
  [Symbol.dispose](): void {
    clearTimeout(this.#promptTimer);
    for (const viewer of [...this.#viewers]) viewer.end(CLOSE_GONE, 'the terminal was closed');
    this.#pty?.[Symbol.dispose]();
  }
}
