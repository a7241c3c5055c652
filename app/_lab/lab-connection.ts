import { backoffMs } from './backoff.ts';
import type { LabEvent } from './lab-state.ts';
import type { PageMessage, TicketRequest } from './wire.ts';

/** A socket that lived this long was a real one: the next loss is tried again at once. One that falls at once is not hammered. */
const STEADY_MS = 5000;

/** What the connection needs from the browser, so that tests can give their own. */
export type LabConnectionPlatform = {
  /** Gets a one-time ticket, or throws what should be told to the reader. */
  ticket(request: TicketRequest): Promise<string>;
  socket(ticket: string): WebSocket;
  /** Reads a frame; throws when it is none of ours. */
  parse(text: string): Promise<LabEvent>;
};

/** A refusal that waiting does not mend (no such lesson, not allowed): it is told, and asked again at the reader's word only. */
export class TicketRefused extends Error {
  readonly code: string;
  readonly hint: string;
  constructor(code: string, message: string, hint: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}

/**
 * One lesson page's socket to the gateway. It comes back by itself after a loss, tells the step again, and
 * knows nothing of what the messages mean.
 */
export class LabConnection {
  readonly #request: TicketRequest;
  readonly #platform: LabConnectionPlatform;
  readonly #tell: (event: LabEvent) => void;
  #socket: WebSocket | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #attempt = 0;
  #closed = false;
  #refused = false;
  /** Frames are read one after another, since the parser is loaded when first needed. */
  #reading: Promise<void> = Promise.resolve();
  #step: string | undefined;

  constructor(request: TicketRequest, platform: LabConnectionPlatform, tell: (event: LabEvent) => void) {
    this.#request = request;
    this.#platform = platform;
    this.#tell = tell;
    void this.#connect();
  }

  /** Sends now if the socket is open; the present step is also told again after every reconnect. False when it was not sent. */
  send(message: PageMessage): boolean {
    if (message.type === 'step') this.#step = message.step;
    if (this.#refused && message.type === 'start') this.retry();
    if (this.#socket?.readyState !== 1) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  /** Tries at once instead of waiting out the pause: the machine is awake or online again, or the reader asked. */
  retry(): void {
    if (this.#closed || this.#socket || (!this.#timer && !this.#refused)) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#refused = false;
    void this.#connect();
  }

  dispose(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#socket?.close(1000);
    this.#socket = undefined;
  }

  async #connect(): Promise<void> {
    let ticket: string;
    try {
      ticket = await this.#platform.ticket(this.#request);
    } catch (error) {
      if (this.#closed) return;
      if (error instanceof TicketRefused) {
        this.#refused = true;
        this.#tell({ type: 'error', code: error.code, message: error.message, hint: error.hint });
      } else this.#lost();
      return;
    }
    if (this.#closed) return;
    const socket = this.#platform.socket(ticket);
    this.#socket = socket;
    let openedAt = Number.POSITIVE_INFINITY;
    socket.onopen = () => {
      openedAt = Date.now();
      this.#tell({ type: 'opened' });
      if (this.#step !== undefined) this.send({ type: 'step', step: this.#step });
    };
    socket.onmessage = ({ data }) => {
      if (typeof data === 'string') this.#reading = this.#reading.then(() => this.#read(data, socket));
    };
    socket.onclose = () => {
      if (this.#closed || this.#socket !== socket) return;
      this.#socket = undefined;
      if (Date.now() - openedAt > STEADY_MS) this.#attempt = 0;
      this.#lost();
    };
  }

  async #read(text: string, from: WebSocket): Promise<void> {
    try {
      const event = await this.#platform.parse(text);
      if (!this.#closed && this.#socket === from) this.#tell(event);
    } catch (error) {
      // A frame that is none of ours means that page and server are of different versions: say so, and go on with the rest.
      console.error('A message of the lab could not be read.', error);
    }
  }

  #lost(): void {
    this.#tell({ type: 'lost' });
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        void this.#connect();
      },
      backoffMs(this.#attempt++),
    );
  }
}
