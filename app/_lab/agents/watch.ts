import WebSocket from 'ws';
import { type WatchEvent, type WatchRequest, watchEvent } from '../../../lab-agent/contract/agent-api.ts';
import { HoplabError } from '../../../lab-agent/contract/errors.ts';
import { parse } from '../../../lab-agent/contract/parse.ts';
import { log } from '../../_server/log.ts';
import type { AgentClient, CheckToSend } from './client.ts';

export type WatchListener = {
  onEvent(event: WatchEvent): void;
  /** The lab is not there any more, as the agent says itself. */
  onGone(reason: string): void;
  /** The agent has been silent for a while (true), or is back (false). */
  onSilent(silent: boolean): void;
};

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 3000;
/** An agent that is started again is back sooner; only then is the learner told. */
const TELL_AFTER_MS = 2000;
const PING_MS = 20_000;

/**
 * One lab's watch socket at its agent. Comes back by itself when the agent is started again, with what was watched;
 * gives up when the agent says that the lab is gone.
 */
export class AgentWatch implements Disposable {
  readonly #client: AgentClient;
  readonly #lab: string;
  readonly #listener: WatchListener;
  #socket: WebSocket | undefined;
  #timer: NodeJS.Timeout | undefined;
  #retryMs = FIRST_RETRY_MS;
  #lostAt: number | undefined;
  #told = false;
  #disposed = false;
  #checks: CheckToSend[] = [];
  #heard = true;
  readonly #pinger: NodeJS.Timeout;

  constructor(client: AgentClient, lab: string, listener: WatchListener) {
    this.#client = client;
    this.#lab = lab;
    this.#listener = listener;
    this.#pinger = setInterval(() => this.#ping(), PING_MS);
    this.#connect();
  }

  /** Replaces what is watched; told again after a reconnection. */
  watch(checks: CheckToSend[]): void {
    this.#checks = checks;
    this.#send({ type: 'watch', checks } as WatchRequest);
  }

  /** @throws HoplabError `unavailable` while the agent is silent */
  run(checks: CheckToSend[]): void {
    if (!this.#send({ type: 'run', checks, cause: 'button' } as WatchRequest)) {
      throw new HoplabError(
        'unavailable',
        'The lab agent does not answer just now.',
        'Press the button again in a moment.',
      );
    }
  }

  active(): void {
    this.#send({ type: 'active' });
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
    clearInterval(this.#pinger);
    this.#socket?.terminate();
  }

  #connect(): void {
    const { address, token } = this.#client;
    const socket = new WebSocket(`${address.webSocketBase}/v1/labs/${this.#lab}/watch`, {
      headers: { authorization: `Bearer ${token}` },
      perMessageDeflate: false,
      handshakeTimeout: 5000,
      maxPayload: 8 * 1024 * 1024,
    });
    this.#socket = socket;
    let refused = false;
    socket.on('open', () => this.#opened());
    socket.on('message', (data) => this.#read(String(data)));
    socket.on('pong', () => {
      this.#heard = true;
    });
    socket.on('unexpected-response', (_request, response) => {
      refused = response.statusCode === 404 || response.statusCode === 410;
      response.resume();
      socket.terminate();
      if (refused) this.#end('crashed');
      else this.#lost(socket);
    });
    // A close follows every error.
    socket.on('error', () => {});
    socket.on('close', () => {
      if (!refused) this.#lost(socket);
    });
  }

  #opened(): void {
    this.#retryMs = FIRST_RETRY_MS;
    this.#lostAt = undefined;
    this.#heard = true;
    if (this.#told) this.#listener.onSilent(false);
    this.#told = false;
    this.#send({ type: 'state', on: true });
    if (this.#checks.length > 0) this.#send({ type: 'watch', checks: this.#checks } as WatchRequest);
  }

  #read(text: string): void {
    if (this.#disposed) return;
    this.#heard = true;
    try {
      const event = parse(watchEvent, JSON.parse(text), `watch of agent ${this.#client.address.url}`);
      if (event.type === 'gone') this.#end(event.reason);
      else this.#listener.onEvent(event);
    } catch (error) {
      log('error', error instanceof Error ? error.message : String(error), { lab: this.#lab });
    }
  }

  #end(reason: string): void {
    if (this.#disposed) return;
    this[Symbol.dispose]();
    this.#listener.onGone(reason);
  }

  #lost(socket: WebSocket): void {
    if (this.#disposed || this.#socket !== socket) return;
    this.#socket = undefined;
    this.#lostAt ??= Date.now();
    if (!this.#told && Date.now() - this.#lostAt >= TELL_AFTER_MS) {
      this.#told = true;
      log('warn', `agent ${this.#client.address.url} is silent`, { lab: this.#lab });
      this.#listener.onSilent(true);
    }
    this.#timer = setTimeout(() => this.#connect(), this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS);
  }

  /** A machine that vanished closes no socket: two unanswered pings do. */
  #ping(): void {
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    if (!this.#heard) this.#socket.terminate();
    this.#heard = false;
    this.#socket?.ping();
  }

  #send(message: WatchRequest): boolean {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }
}
