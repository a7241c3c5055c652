import { afterEach, expect, test, vi } from 'vitest';
import { CLOSE_GONE, INPUT_WINDOW_BYTES, OUTPUT_FRAME, type ServerMessage } from '../../lab-agent/contract/terminal.ts';
import { TerminalConnection, type TerminalSocket, type TerminalStatus } from './connection.ts';
import { runCommand } from './run-command.ts';

afterEach(() => vi.useRealTimers());

/** A terminal host of the test's own: sends what the test says and keeps what the connection sent. */
class FakeSocket {
  readyState = 1;
  binaryType: BinaryType = 'blob';
  onmessage: ((event: MessageEvent) => void) | null = null;
  onclose: ((event: CloseEvent) => void) | null = null;
  readonly sent: (string | Uint8Array)[] = [];
  readonly query: URLSearchParams;
  constructor(query: URLSearchParams) {
    this.query = query;
  }
  send(data: string | Uint8Array) {
    this.sent.push(data);
  }
  close() {}
  tell(message: ServerMessage) {
    this.onmessage?.({ data: JSON.stringify(message) } as MessageEvent);
  }
  attached(part: Partial<ServerMessage & { type: 'attached' }> = {}) {
    const usual = {
      session: 's',
      from: 0,
      replayUntil: 0,
      reset: true,
      modes: [],
      state: 'prompt',
      cols: 80,
      rows: 24,
    };
    this.tell({ type: 'attached', ...usual, ...part } as ServerMessage);
  }
  output(text: string) {
    const bytes = new TextEncoder().encode(`.${text}`);
    bytes[0] = OUTPUT_FRAME;
    this.onmessage?.({ data: bytes.buffer } as MessageEvent);
  }
  drop(code = 1006) {
    this.readyState = 3;
    this.onclose?.({ code } as CloseEvent);
  }
  get typed() {
    const frames = this.sent.filter((s) => typeof s !== 'string');
    return frames.map((f) => new TextDecoder().decode(f.subarray(1))).join('');
  }
}

function start() {
  vi.useFakeTimers();
  const sockets: FakeSocket[] = [];
  const parsed: (() => void)[] = [];
  const statuses: TerminalStatus[] = [];
  const test = {
    sockets,
    statuses,
    shown: '',
    dropped: 0,
    ticket: 'ticket' as string | undefined,
    parse: () => {
      for (const done of parsed.splice(0)) done();
    },
    get socket() {
      return sockets.at(-1) as FakeSocket;
    },
    connection: undefined as unknown as TerminalConnection,
  };
  test.connection = new TerminalConnection(
    { lab: 'l', terminal: 't' },
    {
      write(bytes, done) {
        test.shown += new TextDecoder().decode(bytes);
        parsed.push(done);
      },
      size: () => ({ cols: 80, rows: 24 }),
      resize: () => {},
      alternate: () => false,
    },
    {
      platform: {
        ticket: async () => test.ticket,
        socket: (query) => {
          const socket = new FakeSocket(query);
          sockets.push(socket);
          return socket as unknown as TerminalSocket;
        },
      },
      on: {
        status: (s) => statuses.push(s),
        dropped: () => {
          test.dropped++;
        },
      },
    },
  );
  return test;
}

test('a dropped connection resumes at the byte after the last one given to the screen', async () => {
  const t = start();
  await vi.advanceTimersByTimeAsync(0);
  expect(t.socket.query.get('from')).toBeNull();
  t.socket.attached();
  t.socket.output('hello ');
  // Not parsed yet: it will be, so it must not come again.
  t.socket.drop();
  await vi.advanceTimersByTimeAsync(300);
  expect(t.sockets).toHaveLength(2);
  expect(t.socket.query.get('from')).toBe('6');
  t.socket.attached({ from: 6, replayUntil: 11, reset: false });
  t.socket.output('world');
  expect(t.shown).toBe('hello world');
  expect(t.statuses.map((s) => s.status)).toEqual(['live', 'reconnecting', 'live']);
});

test('a reset clears the screen in its turn and sets the modes that left the ring', async () => {
  const t = start();
  await vi.advanceTimersByTimeAsync(0);
  t.socket.attached();
  t.socket.output('old');
  t.socket.attached({ from: 1000, replayUntil: 1003, modes: [1049, 2004] });
  t.socket.output('new');
  expect(t.shown).toBe('old\x1bc\x1b[?1049h\x1b[?2004hnew');
});

test('what the screen answers to old output is not typed into the shell', async () => {
  const t = start();
  await vi.advanceTimersByTimeAsync(0);
  t.socket.attached({ from: 0, replayUntil: 4 });
  t.socket.output('old!and new');
  expect(t.connection.type('\x1b[?1;2c')).toBe(false);
  t.parse();
  expect(t.connection.type('ls')).toBe(true);
  expect(t.socket.typed).toBe('ls');
});

test('acknowledges what is parsed, not what has arrived', async () => {
  const t = start();
  await vi.advanceTimersByTimeAsync(0);
  t.socket.attached();
  t.socket.output('x'.repeat(70_000));
  expect(t.socket.sent).toEqual([]);
  t.parse();
  expect(t.socket.sent).toEqual(['{"type":"ack","offset":70000}']);
});

test('keys typed while disconnected are dropped and said to be, and a paste does not go on after a reconnect', async () => {
  const t = start();
  await vi.advanceTimersByTimeAsync(0);
  t.socket.attached();
  t.connection.type('p'.repeat(3 * INPUT_WINDOW_BYTES));
  expect(t.socket.typed.length).toBe(INPUT_WINDOW_BYTES);
  t.socket.tell({ type: 'accepted', bytes: 16_384 });
  expect(t.socket.typed.length).toBe(INPUT_WINDOW_BYTES + 16_384);
  t.socket.drop();
  expect(t.connection.type('rm -rf x\r')).toBe(false);
  expect(t.dropped).toBe(1);
  await vi.advanceTimersByTimeAsync(300);
  t.socket.attached({ from: 0, reset: false });
  await vi.advanceTimersByTimeAsync(5000);
  expect(t.socket.typed).toBe('');
});

test('a closed terminal is not asked for again; an unreachable server is, ever more slowly', async () => {
  const t = start();
  await vi.advanceTimersByTimeAsync(0);
  for (let i = 0; i < 20; i++) {
    t.socket.drop();
    await vi.advanceTimersByTimeAsync(5000);
  }
  expect(t.sockets).toHaveLength(21);
  t.socket.drop(CLOSE_GONE);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(t.sockets).toHaveLength(21);
  expect(t.connection.status).toEqual({ status: 'gone' });
});

test('a command goes to a prompt only, once, and after Ctrl-C if asked', async () => {
  const t = start();
  await vi.advanceTimersByTimeAsync(0);
  t.socket.attached();
  const target = {
    type: (text: string) => t.connection.type(text),
    get shell() {
      return t.connection.shell;
    },
    live: true,
    bracketedPaste: true,
  };
  expect(runCommand(target, 'sleep 100\n')).toBe('sent');
  expect(t.socket.typed).toBe('\x05\x15sleep 100\r');
  expect(runCommand(target, 'ls')).toBe('busy');
  expect(runCommand(target, 'cat <<E\nx\x1b[201~\nE', { interrupt: true })).toBe('sent');
  expect(t.socket.typed).toBe('\x05\x15sleep 100\r\x03');
  t.socket.tell({ type: 'prompt', continuation: false, exit: 130, offset: 0 });
  await vi.advanceTimersByTimeAsync(100);
  expect(t.socket.typed).toBe('\x05\x15sleep 100\r\x03\x05\x15\x1b[200~cat <<E\nx[201~\nE\x1b[201~\r');
  await vi.advanceTimersByTimeAsync(5000);
  expect(t.socket.typed.match(/cat/g)).toHaveLength(1);
});
