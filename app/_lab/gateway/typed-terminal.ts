import WebSocket from 'ws';
import { HoplabError } from '../../../lab-agent/contract/errors.ts';
import { parse } from '../../../lab-agent/contract/parse.ts';
import {
  type ClientMessage,
  INPUT_FRAME,
  OUTPUT_FRAME,
  type ServerMessage,
  serverMessage,
} from '../../../lab-agent/contract/terminal.ts';
import type { AgentClient } from '../agents/client.ts';

/** The longest that one line of a solution may take until the prompt is back. */
const LINE_TIMEOUT_MS = 30_000;
const SIZE = { cols: 200, rows: 50 };

type Prompt = Extract<ServerMessage, { type: 'prompt' }>;

/** A terminal session of its own on one node, into which solutions are typed as a learner would. */
export class TypedTerminal implements AsyncDisposable {
  readonly #client: AgentClient;
  readonly #lab: string;
  readonly #terminal: string;
  readonly #socket: WebSocket;
  /** Bytes of output seen, and where the last prompt stood among them. */
  #offset = 0;
  #promptAt = -1;
  #ended: Error | undefined;
  #wake: () => void = () => {};
  #prompt: Prompt | undefined;

  private constructor(client: AgentClient, lab: string, terminal: string) {
    this.#client = client;
    this.#lab = lab;
    this.#terminal = terminal;
    const { address, token } = client;
    const query = `from=0&role=owner&cols=${SIZE.cols}&rows=${SIZE.rows}`;
    this.#socket = new WebSocket(
      `${address.webSocketBase}/v1/labs/${lab}/terminals/${encodeURIComponent(terminal)}/attach?${query}`,
      { headers: { authorization: `Bearer ${token}` }, perMessageDeflate: false },
    );
    this.#socket.binaryType = 'nodebuffer';
    this.#socket.on('message', (data, isBinary) => this.#read(data as Buffer, isBinary));
    this.#socket.on('error', (error) => this.#end(error));
    this.#socket.on('close', (code) => this.#end(new Error(`the terminal was closed (${code})`)));
  }

  /** Opens a session and waits for its first prompt. */
  static async open(client: AgentClient, lab: string, where: { node: string; name: string }): Promise<TypedTerminal> {
    const { id } = await client.openTerminal(lab, { ...where, size: SIZE });
    const typed = new TypedTerminal(client, lab, id);
    try {
      await typed.#until(() => typed.#promptAt >= 0, 'a first prompt');
      return typed;
    } catch (error) {
      await typed[Symbol.asyncDispose]();
      throw error;
    }
  }

  /**
   * Types a script line by line, each when the prompt is back; `PS2` lines of loops and here-documents count too.
   * @returns the exit status of the last command, where the shell told it
   * @throws HoplabError `timeout` naming the line
   */
  async type(script: string): Promise<number | undefined> {
    for (const line of script.replace(/\s+$/, '').split('\n')) {
      const from = Math.max(this.#offset, this.#promptAt);
      this.#prompt = undefined;
      // A tab would complete a word: as a paste it is a character like others.
      const keys = line.includes('\t') ? `\x1b[200~${line}\x1b[201~\r` : `${line}\r`;
      this.#socket.send(Buffer.concat([Buffer.from([INPUT_FRAME]), Buffer.from(keys)]));
      await this.#until(() => this.#prompt !== undefined && this.#prompt.offset > from, `the prompt after \`${line}\``);
    }
    const last = this.#prompt as Prompt | undefined;
    if (last?.continuation) {
      throw new HoplabError(
        'conflict',
        'The commands end in the middle: the shell waits for more.',
        'Look at the end of the solution.',
      );
    }
    return last?.exit;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.removeAllListeners();
    this.#socket.on('error', () => {});
    this.#socket.terminate();
    // The lab may be gone meanwhile, and its terminals with it.
    await this.#client.closeTerminal(this.#lab, this.#terminal).catch(() => {});
  }

  #read(data: Buffer, isBinary: boolean): void {
    if (isBinary) {
      if (data[0] === OUTPUT_FRAME) this.#output(data.subarray(1));
      return;
    }
    try {
      const message = parse(serverMessage, JSON.parse(data.toString('utf8')), 'terminal of the agent');
      if (message.type === 'attached') {
        this.#offset = message.from;
        // The first prompt may have come before we attached.
        if (message.state === 'prompt') this.#promptAt = message.replayUntil;
      }
      if (message.type === 'exit') this.#end(new Error('the shell ended'));
      if (message.type === 'prompt') {
        this.#prompt = message;
        this.#promptAt = Math.max(this.#promptAt, message.offset);
      }
      this.#wake();
    } catch (error) {
      this.#end(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #output(bytes: Buffer): void {
    this.#offset += bytes.length;
    const ack: ClientMessage = { type: 'ack', offset: this.#offset };
    this.#socket.send(JSON.stringify(ack));
  }

  #end(error: Error): void {
    this.#ended ??= error;
    this.#wake();
  }

  async #until(done: () => boolean, what: string): Promise<void> {
    const deadline = Date.now() + LINE_TIMEOUT_MS;
    while (!done()) {
      if (this.#ended)
        throw new HoplabError('unavailable', `Waiting for ${what}: ${this.#ended.message}.`, 'Try it again.');
      const left = deadline - Date.now();
      if (left <= 0) {
        throw new HoplabError(
          'timeout',
          `Waited ${LINE_TIMEOUT_MS / 1000} s for ${what}.`,
          'Reset the lab and try again.',
        );
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }
}
