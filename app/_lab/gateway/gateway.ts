import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { HoplabError, HTTP_STATUS } from '../../../lab-agent/contract/errors.ts';
import { parse } from '../../../lab-agent/contract/parse.ts';
import { labOf } from '../../_progress/labs.ts';
import { refusal } from '../../_server/admission.ts';
import { database } from '../../_server/database.ts';
import { env } from '../../_server/env.ts';
import { closeWithError, toHoplabError } from '../../_server/errors.ts';
import { agentAt } from '../agents/agents.ts';
import { type Ticket, type TicketPurpose, tickets } from '../tickets.ts';
import { pageMessage } from '../wire.ts';
import { LabSessions } from './lab-sessions.ts';
import { PageSocket } from './page-socket.ts';
import { pipeTerminal } from './terminal-pipe.ts';

/** A page sends short messages, one per click: more than this waiting is no learner. */
const MAX_MESSAGE_BYTES = 16 * 1024;
const MAX_WAITING = 32;

/** The WebSocket side of the app: /ws/lab speaks wire.ts with pages, /ws/terminal joins browser and agent. */
export class Gateway implements Disposable {
  readonly #server = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: MAX_MESSAGE_BYTES });
  readonly #sessions = new LabSessions();

  /** @returns false when the path is not ours */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    // `//` is no URL: any web page may ask for it, before its Origin has been looked at.
    if (!URL.canParse(request.url ?? '/', 'http://localhost')) return false;
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname !== '/ws/lab' && pathname !== '/ws/terminal') return false;
    // A browser that vanishes during the handshake is no error of ours.
    socket.on('error', () => socket.destroy());
    const { headers } = request;
    const refused = refusal({ method: request.method, headers, webSocket: true }, env());
    if (refused) refuse(socket, refused);
    else if (pathname === '/ws/lab') this.#openLab(request, socket, head);
    else this.#openTerminal(request, socket, { head, searchParams });
    return true;
  }

  [Symbol.dispose](): void {
    this.#sessions[Symbol.dispose]();
    this.#server.close();
    for (const client of this.#server.clients) client.terminate();
  }

  #openLab(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const ticket = redeem(request, 'lab');
    if (ticket) this.#server.handleUpgrade(request, socket, head, (page) => void this.#serve(page, ticket));
    else refuse(socket, badTicket());
  }

  async #serve(socket: WebSocket, { learner, purpose }: Ticket<Extract<TicketPurpose, { for: 'lab' }>>): Promise<void> {
    const place = { userId: learner, course: purpose.course, lesson: purpose.lesson };
    const page = new PageSocket(socket, purpose.lang);
    // Messages wait for the session, so none of the first ones is lost.
    const entered = this.#sessions.enter(place);
    let waiting = 0;
    socket.on('message', async (data) => {
      if (++waiting > MAX_WAITING) return socket.close(1008, 'too many messages');
      try {
        const message = parse(pageMessage, JSON.parse(String(data)), '/ws/lab');
        await (await entered).handle(page, message);
      } catch (error) {
        page.sendError(error instanceof SyntaxError ? new HoplabError('invalid-input', 'Not JSON.') : error);
      } finally {
        waiting--;
      }
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      page[Symbol.dispose]();
      entered.then(
        (session) => {
          session.leave(page);
          this.#sessions.left(place, session);
        },
        // Told below, when the page wanted to join.
        () => {},
      );
    });
    try {
      await (await entered).join(page);
    } catch (error) {
      page.sendError(error);
    }
  }

  async #openTerminal(
    request: IncomingMessage,
    socket: Duplex,
    { head, searchParams }: { head: Buffer; searchParams: URLSearchParams },
  ): Promise<void> {
    const ticket = redeem(request, 'terminal');
    if (!ticket) return refuse(socket, badTicket());
    try {
      const { lab, terminal } = ticket.purpose;
      const row = await labOf(await database(), ticket.learner, lab);
      if (!row) throw new HoplabError('not-found', 'There is no such lab.');
      const query = new URLSearchParams({ role: 'owner' });
      for (const name of ['from', 'cols', 'rows']) {
        const value = searchParams.get(name);
        if (value !== null) query.set(name, value);
      }
      const path = `/v1/labs/${lab}/terminals/${encodeURIComponent(terminal)}/attach?${query}`;
      await pipeTerminal(agentAt(row.agent), path, { request, socket, head });
    } catch (error) {
      // Within an accepted socket the browser can read why; a refused handshake tells it nothing.
      this.#server.handleUpgrade(request, socket, head, (page) => {
        page.on('error', () => {});
        closeWithError(page, error);
      });
    }
  }
}

function redeem<F extends TicketPurpose['for']>(request: IncomingMessage, purpose: F) {
  const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
  return tickets().redeem(searchParams.get('ticket'), purpose);
}

const badTicket = () =>
  new HoplabError('unauthorized', 'The ticket is used, too old or for something else.', 'Ask for a new one.');

function refuse(socket: Duplex, error: HoplabError): void {
  const { code } = toHoplabError(error);
  const body = JSON.stringify(error);
  socket.end(
    `HTTP/1.1 ${HTTP_STATUS[code]} Refused\r\nconnection: close\r\ncontent-type: application/json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
