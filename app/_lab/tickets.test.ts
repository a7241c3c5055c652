import { expect, it } from 'vitest';
import { TICKET_LIFE_MS, Tickets } from './tickets.ts';

const lab = { for: 'lab', course: 'c', lesson: 'l', lang: 'en' } as const;

it('opens one socket, once, for the learner and purpose it was made for', () => {
  const tickets = new Tickets();
  const name = tickets.issue('ann', lab);
  expect(tickets.redeem(name, 'lab')).toEqual({ learner: 'ann', purpose: lab });
  expect(tickets.redeem(name, 'lab')).toBeUndefined();
});

it('is spent by a try for another purpose', () => {
  const tickets = new Tickets();
  const name = tickets.issue('ann', lab);
  expect(tickets.redeem(name, 'terminal')).toBeUndefined();
  expect(tickets.redeem(name, 'lab')).toBeUndefined();
  expect(tickets.redeem(null, 'lab')).toBeUndefined();
});

it('is worth nothing after 30 seconds, and frees its place', () => {
  let now = 0;
  const tickets = new Tickets(() => now);
  const old = tickets.issue('ann', lab);
  for (let i = 0; i < 99; i++) tickets.issue('ann', lab);
  expect(() => tickets.issue('ann', lab)).toThrowErrorMatchingInlineSnapshot(
    `[HoplabError: Too many connections were asked for.]`,
  );
  expect(tickets.issue('bob', lab)).toBeTruthy();
  now = TICKET_LIFE_MS;
  expect(tickets.redeem(old, 'lab')).toBeUndefined();
  expect(tickets.issue('ann', lab)).toBeTruthy();
});
