import * as z from 'zod';
import { parse } from '../../lab-agent/contract/parse.ts';
import type { LabError } from './lab-state.ts';
import { type GatewayMessage, gatewayMessage, ticketAnswer } from './wire.ts';

/** What comes from the server, read through the one door. Loaded when first needed: zod is not part of the page's first load. */
export function readGatewayMessage(text: string): GatewayMessage {
  return parse(gatewayMessage, JSON.parse(text), '/ws/lab');
}

export function readTicket(body: unknown): string {
  return parse(ticketAnswer, body, '/api/tickets').ticket;
}

const errorBody = z.object({ error: z.object({ code: z.string(), message: z.string(), hint: z.string() }) });

/** An answer that is no error body (a proxy's page, say) is still an error that can be told. */
export function readError(body: unknown, status: number): LabError {
  const read = errorBody.safeParse(body);
  if (read.success) return read.data.error;
  return { code: status >= 500 ? 'unavailable' : 'invalid-input', message: `The server answered ${status}.`, hint: '' };
}
