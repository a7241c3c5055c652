import { parse } from '../../lab-agent/contract/parse.ts';
import { ticketAnswer } from '../_lab/wire.ts';
import type { TerminalPlatform } from './connection.ts';

/** The lab or the terminal is no more, or never was ours. */
const GONE = new Set([403, 404, 410]);

export const browserTerminalPlatform: TerminalPlatform = {
  async ticket(lab, terminal) {
    const answer = await fetch('/api/tickets', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ for: 'terminal', lab, terminal }),
    });
    if (GONE.has(answer.status)) return undefined;
    if (!answer.ok) throw new Error(`no ticket: ${answer.status}`);
    return parse(ticketAnswer, await answer.json(), '/api/tickets').ticket;
  },
  socket(query) {
    const url = new URL(`/ws/terminal?${query}`, location.href);
    url.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
    return new WebSocket(url);
  },
};
