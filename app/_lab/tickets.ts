import { randomBytes } from 'node:crypto';
import type * as z from 'zod';
import { HoplabError } from '../../lab-agent/contract/errors.ts';
import { processWide } from '../_server/process-wide.ts';
import type { ticketRequest } from './wire.ts';

/** A ticket opens one socket, once, within this time: what leaks through a log or a history is worth nothing. */
export const TICKET_LIFE_MS = 30_000;
/** More than this unused at once is no learner but a flood. */
const MAX_TICKETS = 10_000;
const MAX_TICKETS_PER_LEARNER = 100;

export type TicketPurpose = z.output<typeof ticketRequest>;
export type Ticket<P extends TicketPurpose = TicketPurpose> = { learner: string; purpose: P };

/** One-time tickets in memory, each bound to a learner and one purpose. */
export class Tickets {
  readonly #held = new Map<string, Ticket & { until: number }>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** @throws HoplabError `limit-reached` when too many lie about unused */
  issue(learner: string, purpose: TicketPurpose): string {
    this.#dropOld();
    const own = [...this.#held.values()].filter((ticket) => ticket.learner === learner).length;
    if (own >= MAX_TICKETS_PER_LEARNER || this.#held.size >= MAX_TICKETS) {
      throw new HoplabError(
        'limit-reached',
        'Too many connections were asked for.',
        'Wait half a minute and try again.',
      );
    }
    const name = randomBytes(24).toString('base64url');
    this.#held.set(name, { learner, purpose, until: this.#now() + TICKET_LIFE_MS });
    return name;
  }

  /** Takes the ticket out; undefined when it is unknown, used, too old or for another purpose. */
  redeem<F extends TicketPurpose['for']>(
    name: string | null,
    purpose: F,
  ): Ticket<Extract<TicketPurpose, { for: F }>> | undefined {
    const ticket = name === null ? undefined : this.#held.get(name);
    if (name === null || !ticket) return undefined;
    this.#held.delete(name);
    if (ticket.until <= this.#now() || ticket.purpose.for !== purpose) return undefined;
    return { learner: ticket.learner, purpose: ticket.purpose as Extract<TicketPurpose, { for: F }> };
  }

  #dropOld(): void {
    const now = this.#now();
    // A Map keeps the order of insertion, so the oldest come first.
    for (const [name, { until }] of this.#held) {
      if (until > now) return;
      this.#held.delete(name);
    }
  }
}

/** The process's tickets: issued by a route, redeemed by the gateway. */
export const tickets = (): Tickets => processWide('tickets', () => new Tickets());
