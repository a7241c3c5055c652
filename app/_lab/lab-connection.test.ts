import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { backoffMs } from './backoff.ts';
import { LabConnection, TicketRefused } from './lab-connection.ts';
import type { LabEvent } from './lab-state.ts';

/** A socket that the test opens, feeds and drops. */
class FakeSocket {
  readyState = 0;
  readonly sent: string[] = [];
  onopen?: () => void;
  onmessage?: (event: { data: string }) => void;
  onclose?: () => void;
  open(): void {
    this.readyState = 1;
    this.onopen?.();
  }
  drop(): void {
    this.readyState = 3;
    this.onclose?.();
  }
  send(text: string): void {
    this.sent.push(text);
  }
  close(): void {
    this.drop();
  }
}

function connect(ticket: () => Promise<string> = async () => 't') {
  const sockets: FakeSocket[] = [];
  const told: LabEvent[] = [];
  const platform = {
    ticket,
    socket: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket as unknown as WebSocket;
    },
    parse: async (text: string) => JSON.parse(text) as LabEvent,
  };
  const connection = new LabConnection({ for: 'lab', course: 'c', lesson: 'l' }, platform, (event) => told.push(event));
  return { connection, sockets, told };
}

describe('the connection of a page to its lab', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('comes back by itself and tells the step again', async () => {
    const { connection, sockets, told } = connect();
    await vi.advanceTimersByTimeAsync(0);
    sockets[0]?.open();
    expect(connection.send({ type: 'step', step: 'veth' })).toBe(true);
    sockets[0]?.drop();
    expect(connection.send({ type: 'check', step: 'veth' })).toBe(false);
    await vi.advanceTimersByTimeAsync(250);
    sockets[1]?.open();
    expect(sockets[1]?.sent).toEqual(['{"type":"step","step":"veth"}']);
    expect(told.map((e) => e.type)).toEqual(['opened', 'lost', 'opened']);
  });

  it('does not hammer a server that ends every socket at once', async () => {
    const { sockets } = connect();
    for (let i = 0; i < 6; i++) {
      await vi.advanceTimersByTimeAsync(backoffMs(20, 1));
      sockets.at(-1)?.open();
      sockets.at(-1)?.drop();
    }
    const before = sockets.length;
    await vi.advanceTimersByTimeAsync(1000);
    expect(sockets.length).toBe(before);
  });

  it('tells a refusal and tries again only when asked to', async () => {
    let refuse = true;
    const { connection, sockets, told } = connect(async () => {
      if (refuse) throw new TicketRefused('not-found', 'There is no such lesson.', '');
      return 't';
    });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(told).toEqual([{ type: 'error', code: 'not-found', message: 'There is no such lesson.', hint: '' }]);
    refuse = false;
    connection.send({ type: 'start' });
    await vi.advanceTimersByTimeAsync(0);
    expect(sockets).toHaveLength(1);
  });

  it('is silent once it is disposed of', async () => {
    const { connection, sockets, told } = connect();
    await vi.advanceTimersByTimeAsync(0);
    sockets[0]?.open();
    connection.dispose();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(told.map((e) => e.type)).toEqual(['opened']);
    expect(sockets).toHaveLength(1);
  });
});

it('pauses longer and longer, up to eight seconds', () => {
  expect([0, 1, 2, 5, 50].map((n) => backoffMs(n, 1))).toEqual([250, 500, 1000, 8000, 8000]);
  expect(backoffMs(0, 0)).toBe(188);
});
