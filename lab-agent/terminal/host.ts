import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { attachQuery } from '../contract/agent-api.ts';
import { HoplabError, HTTP_STATUS } from '../contract/errors.ts';
import { parse } from '../contract/parse.ts';
import { CLOSE_GONE, MAX_INPUT_FRAME_BYTES } from '../contract/terminal.ts';
import { type HostEvent, openRequest, sessionQuery } from './control.ts';
import { Sessions } from './sessions.ts';

const MAX_BODY_BYTES = 256 * 1024;
/** With neither a shell nor an agent, the host is of no use to anyone. */
const LONELY_MS = 60_000;

/**
 * The terminal host's server: sessions, their viewers, and the agent's control.
 * It knows no learners and asks for no tickets: its socket lies in a folder that only the agent's user can enter.
 */
export class Host implements AsyncDisposable {
  readonly #sessions = new Sessions((event) => this.#emit(event));
  readonly #listeners = new Set<ServerResponse>();
  readonly #server = createServer((req, res) => void this.#answer(req, res));
  readonly #sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_INPUT_FRAME_BYTES + 1,
  });
  readonly #onEnd: () => void;
  readonly #watch: NodeJS.Timeout;
  #busyAt = Date.now();

  /** @param onEnd called when the host is asked to end or has nothing left to do */
  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
    this.#server.on('upgrade', (req: IncomingMessage, socket: Duplex, head: Buffer) =>
      this.#upgrade(req, socket, head),
    );
    this.#watch = setInterval(() => this.#look(), 5000).unref();
  }

  listen(path: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(path, () => resolve());
    });
  }

  #look(): void {
    this.#sessions.forgetExited();
    if (this.#listeners.size > 0 || this.#sessions.size > 0) this.#busyAt = Date.now();
    else if (Date.now() - this.#busyAt > LONELY_MS) this.#onEnd();
  }

  #emit(event: HostEvent): void {
    const line = `${JSON.stringify(event)}\n`;
    for (const listener of this.#listeners) {
      // An agent that does not read is as good as gone; it asks anew when it is back.
      if (listener.writableLength > MAX_BODY_BYTES) listener.destroy();
      else listener.write(line);
    }
  }

  async #answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    try {
      await this.#route(req, res);
    } catch (error) {
      const known = error instanceof HoplabError ? error : new HoplabError('internal', (error as Error).message);
      if (known.code === 'internal') console.error(error);
      if (!res.headersSent) reply(res, HTTP_STATUS[known.code], known);
    }
  }

  async #route(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const url = new URL(req.url ?? '/', 'http://host');
    const what = `${req.method} ${url.pathname}`;
    const id = /^\/sessions\/([0-9a-f]{32})$/.exec(url.pathname)?.[1];
    if (what === 'GET /events') return this.#listen(res);
    if (what === 'POST /sessions') {
      const request = parse(openRequest, JSON.parse(await readBody(req)), 'open');
      return reply(res, 200, (await this.#sessions.open(request)).description);
    }
    if (url.pathname === '/sessions') {
      const { lab } = parse(sessionQuery, Object.fromEntries(url.searchParams), 'query');
      if (req.method === 'GET') return reply(res, 200, { sessions: this.#sessions.list(lab) });
      if (req.method === 'DELETE' && lab) {
        this.#sessions.closeLab(lab);
        return reply(res, 204);
      }
    }
    if (id && req.method === 'DELETE') {
      this.#sessions.close(id);
      return reply(res, 204);
    }
    if (what === 'POST /shutdown') {
      res.once('finish', () => this.#onEnd());
      return reply(res, 204);
    }
    throw new HoplabError('not-found', `${what} is not known`);
  }

  #listen(res: ServerResponse): void {
    res.writeHead(200, { 'content-type': 'application/x-ndjson' });
    res.flushHeaders();
    this.#listeners.add(res);
    res.on('close', () => this.#listeners.delete(res));
    res.on('error', () => res.destroy());
  }

  #upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    try {
      const url = new URL(req.url ?? '/', 'http://host');
      const id = /^\/sessions\/([^/]+)\/attach$/.exec(url.pathname)?.[1] ?? '';
      const { role, from, cols, rows } = parse(attachQuery, Object.fromEntries(url.searchParams), 'attach');
      const session = this.#sessions.find(id);
      if (session) this.#sessions.admitViewer(session);
      this.#sockets.handleUpgrade(req, socket, head, (webSocket) => {
        if (!session) return webSocket.close(CLOSE_GONE, 'no such terminal');
        const size = cols && rows ? { size: { cols, rows } } : {};
        session.attach(webSocket, { role, ...(from === undefined ? {} : { from }), ...size });
      });
    } catch (error) {
      const status = error instanceof HoplabError ? HTTP_STATUS[error.code] : 400;
      socket.end(`HTTP/1.1 ${status} Refused\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#watch);
    this.#sessions[Symbol.dispose]();
    for (const listener of this.#listeners) listener.destroy();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
      // Upgraded sockets are no longer the server's; they end with the process.
      setTimeout(resolve, 500).unref();
    });
  }
}

function reply(res: ServerResponse, status: number, body?: unknown): void {
  res.writeHead(status, { 'content-type': 'application/json' });
  res.end(body === undefined ? undefined : JSON.stringify(body));
}

async function readBody(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new HoplabError('invalid-input', 'the request is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
