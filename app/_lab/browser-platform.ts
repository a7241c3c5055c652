import { type LabConnectionPlatform, TicketRefused } from './lab-connection.ts';

/** Codes that pass by themselves: the server starts, the database is busy. */
const PASSING = new Set(['unavailable', 'timeout', 'not-ready', 'internal']);

/** The real thing: fetch and WebSocket of this page's own origin. zod comes with the first frame and not with the page. */
export const browserPlatform: LabConnectionPlatform = {
  async ticket(request) {
    const answer = await fetch('/api/tickets', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
    });
    const { readTicket, readError } = await import('./read-messages.ts');
    const body: unknown = await answer.json().catch(() => undefined);
    if (answer.ok) return readTicket(body);
    const error = readError(body, answer.status);
    if (PASSING.has(error.code)) throw new Error(error.message);
    throw new TicketRefused(error.code, error.message, error.hint);
  },
  socket(ticket) {
    const url = new URL('/ws/lab', location.href);
    url.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
    url.searchParams.set('ticket', ticket);
    return new WebSocket(url);
  },
  async parse(text) {
    const { readGatewayMessage } = await import('./read-messages.ts');
    return readGatewayMessage(text);
  },
};
