import { parse } from '../../lab-agent/contract/parse.ts';
import {
  ACK_EVERY_BYTES,
  CLOSE_EXITED,
  CLOSE_GONE,
  OUTPUT_FRAME,
  type ServerMessage,
  type ShellState,
  serverMessage,
} from '../../lab-agent/contract/terminal.ts';
import { InputWindow, isInterrupt } from './input-window.ts';

/** Where the bytes go: xterm.js on screen, a list in tests. */
export type TerminalScreen = {
  /** `done` is called once the bytes have been parsed; chunks are parsed in order. */
  write(bytes: Uint8Array, done: () => void): void;
  /** Undefined until it has been in view: a hidden screen has no size to give to the shell. */
  size(): { cols: number; rows: number } | undefined;
  /** Another window or a facilitator's page has resized the shell's terminal. */
  resize(size: { cols: number; rows: number }): void;
  /** Whether a full-screen program draws now. */
  alternate(): boolean;
};

export type TerminalSocket = Pick<WebSocket, 'send' | 'close' | 'readyState' | 'binaryType' | 'onmessage' | 'onclose'>;

/** What the browser does for a connection; tests give their own. */
export type TerminalPlatform = {
  /** A one-time ticket; undefined when there is no such terminal any more. @throws when it may work later */
  ticket(lab: string, terminal: string): Promise<string | undefined>;
  socket(query: URLSearchParams): TerminalSocket;
};

/** connecting → live ⇄ reconnecting → exited (the shell has ended) or gone (it was closed, or its lab was). */
export type TerminalStatus =
  | { status: 'connecting' | 'live' | 'reconnecting' | 'gone' }
  | { status: 'exited'; code: number | null };

export type TerminalConnectionEvents = {
  status?(status: TerminalStatus): void;
  /** Keys were typed while nothing could take them; they are not sent later. */
  dropped?(): void;
  shell?(state: ShellState): void;
};

const FIRST_WAIT_MS = 250;
const LAST_WAIT_MS = 5000;
const OPEN = 1;
/** ESC c: the full reset travels in the stream, so that it takes effect after what is still being parsed. */
const FULL_RESET = '\x1bc';

/**
 * One terminal session over sockets that come and go: resumes by byte offset, acknowledges what was parsed, and mutes
 * what the screen answers to old output. It knows nothing of React or xterm.js.
 */
export class TerminalConnection {
  readonly #where: { lab: string; terminal: string };
  readonly #platform: TerminalPlatform;
  readonly #screen: TerminalScreen;
  readonly #on: TerminalConnectionEvents;
  readonly #input: InputWindow;
  #socket: TerminalSocket | undefined;
  #status: TerminalStatus = { status: 'connecting' };
  #shell: ShellState = 'unknown';
  /** Offset after the last byte given to the screen; undefined while the screen shows nothing of the session. */
  #received: number | undefined;
  #parsed = 0;
  #acked = 0;
  #replayUntil = 0;
  #redraw = false;
  /** The size of the shell's terminal, as far as is known here. */
  #size: { cols: number; rows: number } | undefined;
  #tries = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #disposed = false;

  constructor(
    where: { lab: string; terminal: string },
    screen: TerminalScreen,
    { platform, on = {} }: { platform: TerminalPlatform; on?: TerminalConnectionEvents },
  ) {
    this.#where = where;
    this.#screen = screen;
    this.#platform = platform;
    this.#on = on;
    this.#input = new InputWindow((frame) => this.#socket?.send(frame));
    void this.#connect();
  }

  get status(): TerminalStatus {
    return this.#status;
  }

  get shell(): ShellState {
    return this.#shell;
  }

  /** True while old output is parsed: what the screen wants to answer is dropped. */
  get replaying(): boolean {
    return this.#parsed < this.#replayUntil;
  }

  /** Sends what was typed or pasted now, or not at all. Returns whether it was sent. */
  type(text: string | Uint8Array): boolean {
    if (this.replaying) return false;
    if (this.#status.status !== 'live') {
      this.#on.dropped?.();
      return false;
    }
    const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
    if (isInterrupt(bytes)) this.#input.interrupt(bytes);
    else this.#input.push(bytes);
    const atPrompt = this.#shell === 'prompt' || this.#shell === 'continuation';
    if (atPrompt && bytes.includes(0x0d)) this.#setShell('running');
    return true;
  }

  /** Tells the shell the screen's size, if it changed. */
  resize(): void {
    const size = this.#screen.size();
    if (!size || this.#status.status !== 'live') return;
    if (this.#size?.cols === size.cols && this.#size.rows === size.rows) return;
    this.#size = size;
    this.#send({ type: 'resize', ...size });
  }

  /** Tries again at once instead of after the pause: the network is back, or somebody asked. */
  retry(): void {
    if (this.#status.status !== 'reconnecting' || this.#socket) return;
    clearTimeout(this.#timer);
    void this.#connect();
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
    this.#input.clear();
    this.#socket?.close();
  }

  async #connect(): Promise<void> {
    this.#timer = undefined;
    try {
      const ticket = await this.#platform.ticket(this.#where.lab, this.#where.terminal);
      if (this.#disposed) return;
      if (ticket === undefined) {
        this.#setStatus({ status: 'gone' });
        return;
      }
      const query = new URLSearchParams({ ticket });
      const size = this.#screen.size();
      if (size) for (const [key, value] of Object.entries(size)) query.set(key, String(value));
      if (this.#received !== undefined) query.set('from', String(this.#received));
      this.#open(this.#platform.socket(query));
    } catch {
      this.#later();
    }
  }

  #open(socket: TerminalSocket): void {
    this.#socket = socket;
    socket.binaryType = 'arraybuffer';
    socket.onmessage = ({ data }) => {
      if (socket !== this.#socket || this.#disposed) return;
      if (data instanceof ArrayBuffer) this.#onFrame(new Uint8Array(data));
      else this.#onMessage(parse(serverMessage, JSON.parse(String(data)), 'terminal'));
    };
    socket.onclose = ({ code }) => {
      if (socket !== this.#socket) return;
      this.#socket = undefined;
      this.#input.clear();
      if (this.#disposed || this.#status.status === 'exited') return;
      if (code === CLOSE_GONE) this.#setStatus({ status: 'gone' });
      else if (code === CLOSE_EXITED) this.#setStatus({ status: 'exited', code: null });
      else this.#later();
    };
  }

  #later(): void {
    if (this.#disposed) return;
    this.#setStatus({ status: 'reconnecting' });
    const wait = Math.min(LAST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(this.#tries++, 10));
    this.#timer = setTimeout(() => void this.#connect(), wait * (0.75 + Math.random() * 0.25));
  }

  #onFrame(frame: Uint8Array): void {
    if (frame[0] !== OUTPUT_FRAME || this.#received === undefined) return;
    const bytes = frame.subarray(1);
    // Split where the replay ends, so that not one byte more is muted.
    const old = Math.max(0, Math.min(bytes.length, this.#replayUntil - this.#received));
    if (old > 0) this.#write(bytes.subarray(0, old));
    if (old < bytes.length) this.#write(bytes.subarray(old));
  }

  #write(bytes: Uint8Array): void {
    const end = (this.#received ?? 0) + bytes.length;
    this.#received = end;
    this.#screen.write(bytes, () => this.#onParsed(end));
  }

  #onParsed(offset: number): void {
    if (this.#disposed || offset <= this.#parsed) return;
    this.#parsed = offset;
    if (offset - this.#acked >= ACK_EVERY_BYTES / 2) {
      this.#acked = offset;
      this.#send({ type: 'ack', offset });
    }
    if (this.#redraw && !this.replaying) this.#nudge();
  }

  #onMessage(message: ServerMessage): void {
    switch (message.type) {
      case 'attached':
        this.#onAttached(message);
        break;
      case 'prompt':
        this.#setShell(message.continuation ? 'continuation' : 'prompt');
        break;
      case 'running':
        this.#setShell('running');
        break;
      case 'accepted':
        this.#input.accepted(message.bytes);
        break;
      case 'resized':
        this.#size = { cols: message.cols, rows: message.rows };
        this.#screen.resize(this.#size);
        break;
      case 'exit':
        this.#setStatus({ status: 'exited', code: message.code });
        break;
      default:
        message satisfies never;
    }
  }

  #onAttached({ from, reset, replayUntil, modes, state, cols, rows }: ServerMessage & { type: 'attached' }): void {
    this.#tries = 0;
    this.#input.clear();
    this.#replayUntil = replayUntil;
    if (reset) {
      // Until the reset is parsed, older chunks may still come back from the screen: their offsets lie before `from`.
      const fresh = this.#received === undefined;
      const set = modes.map((mode) => `\x1b[?${mode}h`).join('');
      if (!fresh || set) this.#screen.write(new TextEncoder().encode(FULL_RESET + set), () => {});
      this.#received = from;
      this.#redraw = replayUntil > from;
    }
    this.#parsed = Math.max(this.#parsed, reset ? from : 0);
    this.#acked = from;
    this.#setStatus({ status: 'live' });
    this.#setShell(state);
    this.#size = { cols, rows };
    if (this.#screen.size()) this.resize();
    else this.#screen.resize(this.#size);
  }

  /** A full-screen program is asked to draw again: what the ring held of it may begin in the middle. */
  #nudge(): void {
    this.#redraw = false;
    if (!this.#size || !this.#screen.alternate()) return;
    const { cols, rows } = this.#size;
    this.#send({ type: 'resize', cols, rows: Math.max(1, rows - 1) });
    this.#send({ type: 'resize', cols, rows });
  }

  #send(message: { type: 'ack'; offset: number } | { type: 'resize'; cols: number; rows: number }): void {
    if (this.#socket?.readyState === OPEN) this.#socket.send(JSON.stringify(message));
  }

  #setStatus(status: TerminalStatus): void {
    this.#status = status;
    this.#on.status?.(status);
  }

  #setShell(state: ShellState): void {
    this.#shell = state;
    this.#on.shell?.(state);
  }
}
