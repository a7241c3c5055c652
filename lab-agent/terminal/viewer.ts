import type { RawData, WebSocket } from 'ws';
import { parse } from '../contract/parse.ts';
import {
  ACCEPT_EVERY_BYTES,
  CLOSE_BAD_MESSAGE,
  CLOSE_EXITED,
  CLOSE_TOO_SLOW,
  type ClientMessage,
  clientMessage,
  HIGH_WATER_BYTES,
  INPUT_FRAME,
  LOW_WATER_BYTES,
  OUTPUT_FRAME,
  type ServerMessage,
  type TerminalRole,
} from '../contract/terminal.ts';
import { INPUT_QUEUE_BYTES } from './input-queue.ts';
import type { Ring } from './ring.ts';
import { safeStart } from './safe-start.ts';

const FRAME_BYTES = 32 * 1024;
const PING_MS = 20_000;
/** Small messages to a reader that takes nothing are bounded by giving it up. */
const MAX_BUFFERED_BYTES = 1024 * 1024;

/** What a viewer needs of its session. */
export type Watched = {
  readonly id: string;
  readonly ring: Ring;
  /** What `attached` says beside the offsets. */
  attachment(from: number): Pick<ServerMessage & { type: 'attached' }, 'modes' | 'state' | 'cols' | 'rows'>;
  acknowledged(): void;
  typed(bytes: Buffer, taken: (bytes: number) => void): number;
  resize(size: { cols: number; rows: number }, by: Viewer): void;
  left(viewer: Viewer): void;
};

type Mark = ServerMessage & { type: 'prompt' | 'running' };

/** One connection that looks at a session: its place in the stream, its credit, what it types. */
export class Viewer implements Disposable {
  readonly role: TerminalRole;
  readonly #socket: WebSocket;
  readonly #session: Watched;
  #sent = 0;
  #acked = 0;
  #mark: Mark | undefined;
  #exit: { code: number | null } | undefined;
  #accepted = 0;
  #acceptedTold = 0;
  #waiting = 0;
  #answered = true;
  #closed = false;
  readonly #ping: NodeJS.Timeout;

  /** @param from what the client has parsed already; undefined for a new screen */
  constructor(socket: WebSocket, session: Watched, role: TerminalRole, from: number | undefined) {
    this.#socket = socket;
    this.#session = session;
    this.role = role;
    socket.on('message', (data, binary) => this.#onMessage(data, binary));
    socket.on('pong', () => {
      this.#answered = true;
    });
    socket.on('error', () => socket.terminate());
    socket.on('close', () => this[Symbol.dispose]());
    this.#ping = setInterval(() => this.#keepAlive(), PING_MS);
    const { ring } = session;
    const resumes = from !== undefined && from >= ring.start && from <= ring.end;
    this.#attach(resumes ? from : safeStart(ring), !resumes);
  }

  /** Bytes of the session that this viewer has not parsed yet. */
  get lag(): number {
    return this.#session.ring.end - this.#acked;
  }

  /** Sends what the credit allows. */
  pump(): void {
    const { ring } = this.#session;
    while (!this.#closed && this.#sent < ring.end) {
      if (this.#sent < ring.start) {
        // Too slow: it never holds up the others, but begins anew with what is left, once it takes data again.
        if (this.#sent - this.#acked >= LOW_WATER_BYTES) return;
        this.#attach(safeStart(ring), true);
      }
      const credit = HIGH_WATER_BYTES - (this.#sent - this.#acked);
      const count = Math.min(FRAME_BYTES, ring.end - this.#sent, credit);
      if (count <= 0) return;
      const frame = Buffer.allocUnsafe(count + 1);
      frame[0] = OUTPUT_FRAME;
      ring.copy(this.#sent, this.#sent + count, frame, 1);
      this.#sent += count;
      this.#socket.send(frame);
    }
    if (this.#mark && this.#sent >= this.#mark.offset) {
      this.tell(this.#mark);
      this.#mark = undefined;
    }
    if (this.#exit && this.#sent === ring.end) this.#sayExit(this.#exit.code);
  }

  /** Only the last mark counts: it is told once the bytes before it are on their way. */
  mark(mark: Mark): void {
    this.#mark = mark;
  }

  /** The shell has ended; told after its last byte. */
  exited(code: number | null): void {
    this.#exit = { code };
    this.pump();
  }

  tell(message: ServerMessage): void {
    if (this.#closed) return;
    this.#socket.send(JSON.stringify(message));
    if (this.#socket.bufferedAmount > MAX_BUFFERED_BYTES) this.#close(CLOSE_TOO_SLOW, 'too slow');
  }

  /** Ends the connection with one of the contract's codes. */
  end(code: number, reason: string): void {
    this.#close(code, reason);
  }

  #attach(from: number, reset: boolean): void {
    const { ring, id } = this.#session;
    this.#sent = from;
    this.#acked = from;
    const attachment = this.#session.attachment(from);
    this.tell({ type: 'attached', session: id, from, replayUntil: ring.end, reset, ...attachment });
  }

  #onMessage(data: RawData, binary: boolean): void {
    if (this.#closed) return;
    try {
      if (binary) this.#onInput(data as Buffer);
      else this.#onText(parse(clientMessage, JSON.parse(data.toString()), 'terminal message'));
    } catch (error) {
      this.#close(CLOSE_BAD_MESSAGE, (error as Error).message);
    }
  }

  #onInput(frame: Buffer): void {
    if (frame.length < 2 || frame[0] !== INPUT_FRAME) throw new Error('a frame of this type is not known');
    // xterm answers device queries by itself; a viewer's answers and keys reach nobody.
    if (this.role === 'viewer') return;
    const queued = this.#session.typed(frame.subarray(1), (bytes) => this.#took(bytes));
    this.#waiting += frame.length - 1;
    this.#took(0);
    // A client that minds INPUT_WINDOW_BYTES never gets here.
    if (queued > INPUT_QUEUE_BYTES) this.#socket.pause();
  }

  #took(bytes: number): void {
    this.#accepted += bytes;
    if (this.#waiting - this.#accepted < INPUT_QUEUE_BYTES / 2 && this.#socket.isPaused) this.#socket.resume();
    if (this.#accepted - this.#acceptedTold < ACCEPT_EVERY_BYTES) return;
    this.#acceptedTold = this.#accepted;
    this.tell({ type: 'accepted', bytes: this.#accepted });
  }

  #onText(message: ClientMessage): void {
    if (message.type === 'resize') {
      if (this.role === 'owner') this.#session.resize({ cols: message.cols, rows: message.rows }, this);
      return;
    }
    if (message.offset > this.#sent) throw new Error(`ack of ${message.offset}, sent ${this.#sent}`);
    if (message.offset <= this.#acked) return;
    this.#acked = message.offset;
    this.pump();
    this.#session.acknowledged();
  }

  #keepAlive(): void {
    if (!this.#answered) {
      this.#socket.terminate();
      return;
    }
    this.#answered = false;
    this.#socket.ping();
  }

  #sayExit(code: number | null): void {
    this.#exit = undefined;
    this.tell({ type: 'exit', code });
    this.#close(CLOSE_EXITED, 'the shell has ended');
  }

  #close(code: number, reason: string): void {
    if (this.#closed) return;
    // A close frame holds 123 bytes of reason.
    this.#socket.close(
      code,
      Buffer.from(reason)
        .subarray(0, 120)
        .toString()
        .replace(/\uFFFD+$/, ''),
    );
    this[Symbol.dispose]();
    // A peer that does not answer the close is dropped with its buffers.
    setTimeout(() => this.#socket.terminate(), 5000).unref();
  }

  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#ping);
    this.#session.left(this);
  }
}
