import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Duplex } from 'node:stream';
import type * as z from 'zod';
import { HoplabError } from '../contract/errors.ts';
import { parse } from '../contract/parse.ts';
import { type TerminalDescription, terminalDescription } from '../contract/terminal.ts';
import { type AttachRequest, attachProxy } from './attach-proxy.ts';
import { type HostEvent, hostEvent, type OpenRequest, SOCKET_NAME, sessionList } from './control.ts';
import { ensureHost } from './start-host.ts';

const RECONNECT_FIRST_MS = 50;
const RECONNECT_LAST_MS = 2000;

/** The agent's side of the terminal host. */
export interface TerminalHost extends AsyncDisposable {
  /** Starts a shell. @throws HoplabError `limit-reached`, `unavailable` */
  open(request: OpenRequest): Promise<TerminalDescription>;
  list(lab?: string): Promise<TerminalDescription[]>;
  /** Ends one shell, or all of a lab; those that are gone are no error. */
  close(id: string): Promise<void>;
  closeLab(lab: string): Promise<void>;
  /** Joins an upgraded raw socket with a session; the caller has checked whose it is. */
  attachProxy(req: IncomingMessage, socket: Duplex, head: Buffer, to: AttachRequest): void;
  /** What happens at the shells. Nothing is kept while the agent is away: `list` after a restart. */
  onEvent(callback: (event: HostEvent) => void): Disposable;
  /** Ends the host and every shell. Disposing only leaves it. */
  shutdown(): Promise<void>;
}

/**
 * Takes up the terminal host of a run directory (`HOPLAB_RUN`), or starts one.
 * @throws HoplabError `unavailable`
 */
export async function connectTerminalHost({ runDir }: { runDir: string }): Promise<TerminalHost> {
  await ensureHost(runDir);
  const client = new Client(runDir);
  await client.listen();
  return client;
}

class Client implements TerminalHost {
  readonly #runDir: string;
  readonly #socketPath: string;
  readonly #callbacks = new Set<(event: HostEvent) => void>();
  #events: IncomingMessage | undefined;
  #timer: NodeJS.Timeout | undefined;
  #waitMs = RECONNECT_FIRST_MS;
  #disposed = false;

  constructor(runDir: string) {
    this.#runDir = runDir;
    this.#socketPath = join(runDir, SOCKET_NAME);
  }

  async open(body: OpenRequest): Promise<TerminalDescription> {
    // A host that has died has taken its shells along, but new ones can be opened.
    await ensureHost(this.#runDir);
    return await this.#ask('POST', '/sessions', terminalDescription, body);
  }

  async list(lab?: string): Promise<TerminalDescription[]> {
    try {
      return (await this.#ask('GET', lab ? `/sessions?lab=${lab}` : '/sessions', sessionList)).sessions;
    } catch (error) {
      if (isAbsent(error)) return [];
      throw error;
    }
  }

  async close(id: string): Promise<void> {
    await this.#tell('DELETE', `/sessions/${encodeURIComponent(id)}`);
  }

  async closeLab(lab: string): Promise<void> {
    await this.#tell('DELETE', `/sessions?lab=${encodeURIComponent(lab)}`);
  }

  attachProxy(req: IncomingMessage, socket: Duplex, head: Buffer, to: AttachRequest): void {
    attachProxy(this.#socketPath, req, socket, head, to);
  }

  onEvent(callback: (event: HostEvent) => void): Disposable {
    this.#callbacks.add(callback);
    return { [Symbol.dispose]: () => void this.#callbacks.delete(callback) };
  }

  async shutdown(): Promise<void> {
    await this[Symbol.asyncDispose]();
    await this.#tell('POST', '/shutdown');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    clearTimeout(this.#timer);
    this.#events?.destroy();
  }

  /** Resolves when events flow; a lost stream is taken up again by itself. */
  async listen(): Promise<void> {
    if (this.#disposed) return;
    try {
      const events = await send(this.#socketPath, 'GET', '/events');
      this.#events = events;
      if (this.#disposed) events.destroy();
      this.#waitMs = RECONNECT_FIRST_MS;
      createInterface(events).on('line', (line) => this.#onLine(line));
      events.on('error', () => {});
      events.once('close', () => this.#listenLater());
    } catch {
      this.#listenLater();
    }
  }

  #listenLater(): void {
    if (this.#disposed) return;
    this.#timer = setTimeout(() => void this.listen(), this.#waitMs);
    this.#waitMs = Math.min(this.#waitMs * 2, RECONNECT_LAST_MS);
  }

  #onLine(line: string): void {
    const event = parse(hostEvent, JSON.parse(line), 'terminal host');
    for (const callback of this.#callbacks) callback(event);
  }

  /** A host that is gone has nothing left to close. */
  async #tell(method: string, path: string): Promise<void> {
    try {
      (await send(this.#socketPath, method, path)).resume();
    } catch (error) {
      if (!isAbsent(error)) throw error;
    }
  }

  async #ask<S extends z.ZodType>(method: string, path: string, schema: S, body?: unknown): Promise<z.output<S>> {
    const res = await send(this.#socketPath, method, path, body);
    let text = '';
    for await (const chunk of res) text += chunk;
    const answer: unknown = JSON.parse(text);
    if (res.statusCode === 200) return parse(schema, answer, 'terminal host');
    const { error } = answer as { error: { code: HoplabError['code']; message: string; hint: string } };
    throw new HoplabError(error.code, error.message, error.hint);
  }
}

function send(socketPath: string, method: string, path: string, body?: unknown): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const req = request({ socketPath, method, path, agent: false }, resolve);
    req.once('error', reject);
    req.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function isAbsent(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'ECONNRESET';
}
