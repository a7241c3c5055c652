import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import {
  ACK_EVERY_BYTES,
  INPUT_FRAME,
  type ServerMessage,
  serverMessage,
  type TerminalDescription,
} from '../contract/terminal.ts';
import { connectTerminalHost, type TerminalHost } from './client.ts';
import { type HostEvent, SOCKET_NAME } from './control.ts';
import { Host } from './host.ts';

/** A shell on a terminal of this machine, for tests and measurements without labs. */
export const HERE = {
  ptmx: '/dev/ptmx',
  argv: ['setsid', '-c', 'bash', '--norc', '--noprofile'] as [string, ...string[]],
  env: { PATH: process.env.PATH ?? '/usr/bin:/bin', TERM: 'xterm-256color', PS1: '$ ' },
  cgroups: [],
};

/** A terminal host in this process, with its client. */
export class TestHost implements AsyncDisposable {
  readonly runDir = mkdtempSync(join(tmpdir(), 'hoplab-terminal-'));
  readonly socketPath = join(this.runDir, SOCKET_NAME);
  readonly events: HostEvent[] = [];
  readonly #host = new Host(() => {});
  client!: TerminalHost;

  static async start(): Promise<TestHost> {
    const test = new TestHost();
    await test.#host.listen(test.socketPath);
    test.client = await connectTerminalHost(test);
    test.client.onEvent((event) => test.events.push(event));
    return test;
  }

  open(argv = HERE.argv, lab = 'testtesttest', env: Record<string, string> = HERE.env): Promise<TerminalDescription> {
    const launch = { ...HERE, argv, env };
    return this.client.open({ lab, node: 'red', name: 'red 1', size: { cols: 80, rows: 24 }, launch });
  }

  attach(session: string, query = ''): Promise<Screen> {
    return Screen.connect(`ws+unix://${this.socketPath}:/sessions/${session}/attach?${query}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client[Symbol.asyncDispose]();
    await this.#host[Symbol.asyncDispose]();
    rmSync(this.runDir, { recursive: true, force: true });
  }
}

/** A client that keeps the wire's rules, without a screen. */
export class Screen implements Disposable {
  readonly socket: WebSocket;
  readonly messages: ServerMessage[] = [];
  readonly chunks: Buffer[] = [];
  /** Offset after the last byte taken. */
  offset = 0;
  closed: { code: number; reason: string } | undefined;
  /** While true nothing is acknowledged. */
  stalled = false;
  onBytes: (bytes: Buffer) => void = (bytes) => this.chunks.push(bytes);
  #acked = 0;
  readonly #waiting = new Set<() => void>();

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data: Buffer, binary) => (binary ? this.#onOutput(data.subarray(1)) : this.#onText(data)));
    socket.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString() };
      this.#wake();
    });
    socket.on('error', () => {});
  }

  static async connect(url: string, headers: Record<string, string> = {}): Promise<Screen> {
    const screen = new Screen(new WebSocket(url, { perMessageDeflate: false, headers }));
    await screen.until(() => screen.messages.length > 0 || screen.closed);
    return screen;
  }

  get text(): string {
    return Buffer.concat(this.chunks).toString();
  }

  get attached(): ServerMessage & { type: 'attached' } {
    const message = this.messages.findLast((m) => m.type === 'attached');
    if (!message) throw new Error(`not attached: ${JSON.stringify(this.closed)}`);
    return message;
  }

  /** The last bytes as text: cheap to look at after every chunk of a flood. */
  get tail(): string {
    return Buffer.concat(this.chunks.slice(-4)).subarray(-2000).toString();
  }

  type(text: string | Buffer): void {
    this.socket.send(Buffer.concat([Buffer.from([INPUT_FRAME]), Buffer.from(text)]));
  }

  ack(): void {
    this.#acked = this.offset;
    this.socket.send(JSON.stringify({ type: 'ack', offset: this.offset }));
  }

  /** Waits for a state, looked at after every message. @throws after 10 s */
  async until(state: () => unknown, what = String(state)): Promise<void> {
    const end = Date.now() + 10_000;
    while (!state()) {
      if (Date.now() > end) throw new Error(`waited in vain for ${what}; last output: ${this.text.slice(-300)}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(done, 5);
        const waiting = this.#waiting;
        waiting.add(done);
        function done() {
          clearTimeout(timer);
          waiting.delete(done);
          resolve();
        }
      });
    }
  }

  #onOutput(bytes: Buffer): void {
    this.offset += bytes.length;
    this.onBytes(bytes);
    if (!this.stalled && this.offset - this.#acked >= ACK_EVERY_BYTES) this.ack();
    this.#wake();
  }

  #onText(data: Buffer): void {
    const message = serverMessage.parse(JSON.parse(data.toString()));
    this.messages.push(message);
    if (message.type === 'attached') {
      this.offset = message.from;
      this.#acked = message.from;
    }
    this.#wake();
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake();
  }

  [Symbol.dispose](): void {
    this.socket.terminate();
  }
}
