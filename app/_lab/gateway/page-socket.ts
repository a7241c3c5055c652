import WebSocket from 'ws';
import type { HoplabError } from '../../../lab-agent/contract/errors.ts';
import type { Language } from '../../_lessons/types.ts';
import { toHoplabError } from '../../_server/errors.ts';
import type { GatewayMessage } from '../wire.ts';

/** Beyond this a page is slow: pictures of the state are left out, since a later one replaces them. */
const SLOW_BYTES = 256 * 1024;
/** Beyond this it has stopped reading: it is let go, and reconnects if it lives. */
const STALLED_BYTES = 2 * 1024 * 1024;
const PING_MS = 20_000;

/** One open lesson page, as the gateway sees it: sends never wait and never pile up without bound. */
export class PageSocket implements Disposable {
  readonly language: Language;
  /** The step that its learner is at. */
  step: string | undefined;
  readonly #socket: WebSocket;
  readonly #pinger: NodeJS.Timeout;
  #heard = true;

  constructor(socket: WebSocket, language: Language) {
    this.#socket = socket;
    this.language = language;
    socket.on('pong', () => {
      this.#heard = true;
    });
    this.#pinger = setInterval(() => this.#ping(), PING_MS);
  }

  send(message: GatewayMessage): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    const waiting = this.#socket.bufferedAmount;
    if (waiting > STALLED_BYTES) this.#socket.terminate();
    else if (message.type !== 'state' || waiting < SLOW_BYTES) this.#socket.send(JSON.stringify(message));
  }

  sendError(error: unknown): void {
    const { code, message, hint }: HoplabError = toHoplabError(error);
    this.send({ type: 'error', code, message, hint });
  }

  [Symbol.dispose](): void {
    clearInterval(this.#pinger);
    this.#socket.close(1001);
  }

  /** Proxies cut silent sockets after a minute, and a laptop that fell asleep closes none. */
  #ping(): void {
    if (!this.#heard) this.#socket.terminate();
    else this.#socket.ping();
    this.#heard = false;
  }
}
