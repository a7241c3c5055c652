import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { attachQuery } from '../contract/agent-api.ts';
import { HoplabError, HTTP_STATUS } from '../contract/errors.ts';
import { parse } from '../contract/parse.ts';
import { answer, answerError, asTold, checkToken, readJson } from './http.ts';
import { type Agent, route, sessionOf } from './routes.ts';
import { WatchSocket } from './watch-socket.ts';

/** The agent's door: HTTP and WebSocket, every request with the token. It knows routes and sockets, no kernel. */
export type ServerOptions = { agent: Agent; token: string; log(text: string): void };

const MAX_WATCH_MESSAGE_BYTES = 256 * 1024;
const WATCH = /^\/v1\/labs\/(?<lab>[^/]+)\/watch$/;
const ATTACH = /^\/v1\/labs\/(?<lab>[^/]+)\/terminals\/(?<terminal>[^/]+)\/attach$/;

export function makeServer({ agent, token, log }: ServerOptions): Server {
  const watchers = new Map<string, Set<WatchSocket>>();
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_WATCH_MESSAGE_BYTES,
    perMessageDeflate: false,
  });
  followTerminals(agent, watchers);

  const server = createServer((request, response) => {
    const path = pathOf(request);
    if (path === '/healthz') return answer(response, 200, { ok: true });
    Promise.resolve()
      .then(() => checkToken(request, token))
      .then(() => route(agent, request.method ?? 'GET', path, () => readJson(request)))
      .then(({ status, body }) => answer(response, status, body))
      .catch((error) => answerError(response, error, log));
  });
  // Building a lab takes as long as it takes; its own limit ends it.
  server.requestTimeout = 0;

  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    upgrade(request, socket, head).catch((error) => refuse(socket, asTold(error, log)));
  });

  async function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    checkToken(request, token);
    if (!URL.canParse(request.url ?? '/', 'http://agent')) throw new HoplabError('not-found', 'this is no path');
    const url = new URL(request.url ?? '/', 'http://agent');
    const attach = ATTACH.exec(url.pathname)?.groups;
    if (attach)
      return attachTerminal(request, socket, head, {
        url,
        lab: attach.lab as string,
        terminal: attach.terminal as string,
      });
    const lab = agent.keeper.get(WATCH.exec(url.pathname)?.groups?.lab ?? '');
    // Said before the handshake, while it can still be told apart from a lab that ended by itself.
    if (lab.phase === 'closing') throw new HoplabError('lab-gone', 'this lab has ended', 'Start it again.');
    sockets.handleUpgrade(request, socket, head, (ws) => {
      const watcher = new WatchSocket(ws, lab, agent.keeper, log);
      const all = watchers.get(lab.id) ?? new Set();
      watchers.set(lab.id, all.add(watcher));
      ws.on('close', () => {
        all.delete(watcher);
        if (all.size === 0) watchers.delete(lab.id);
      });
    });
  }

  async function attachTerminal(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    to: { url: URL; lab: string; terminal: string },
  ): Promise<void> {
    const query = parse(attachQuery, Object.fromEntries(to.url.searchParams), 'the query of attach');
    const lab = agent.keeper.get(to.lab);
    await sessionOf(agent.terminals, lab.id, to.terminal);
    const counted = lab.watchedBy();
    socket.on('close', () => counted[Symbol.dispose]());
    agent.terminals.attachProxy(request, socket, head, { session: to.terminal, ...query });
  }
  return server;
}

/** What happens in terminals counts as activity, and a prompt that is back is when checks look again. */
function followTerminals({ terminals, keeper }: Agent, watchers: ReadonlyMap<string, ReadonlySet<WatchSocket>>): void {
  terminals.onEvent((event) => {
    if (event.type === 'input') keeper.touch(event.lab);
    if (event.type === 'prompt')
      for (const watcher of watchers.get(event.lab) ?? []) watcher.promptReturned(event.node);
  });
}

/** `//` is no URL, and whoever asks for it has shown no token yet: it must not end the agent. */
function pathOf({ url = '/' }: IncomingMessage): string {
  return URL.canParse(url, 'http://agent') ? new URL(url, 'http://agent').pathname : url;
}

function refuse(socket: Duplex, error: HoplabError): void {
  const body = JSON.stringify(error);
  socket.end(
    `HTTP/1.1 ${HTTP_STATUS[error.code]} ${error.code}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}
