import WebSocket from 'ws';
import { HoplabError } from '../../../lab-agent/contract/errors.ts';
import { parse } from '../../../lab-agent/contract/parse.ts';
import {
  type ClientMessage,
  INPUT_FRAME,
  OUTPUT_FRAME,
  type ServerMessage,
  serverMessage,
  type TerminalDescription,
} from '../../../lab-agent/contract/terminal.ts';
import type { AgentClient } from '../agents/client.ts';
import type { TypedPlace } from './typed-place.ts';

/** The longest that one line of a solution may take until the prompt is back: `kubectl wait` takes its time. */
const LINE_TIMEOUT_MS = 120_000;
const SIZE = { cols: 200, rows: 50 };
/** Enough to find a word in that was printed last. */
const TAIL_CHARS = 4096;

type Prompt = Extract<ServerMessage, { type: 'prompt' }>;

/** A terminal session of its own on one node or in one pod, into which solutions are typed as a learner would. */
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
  /** In a container: what was printed last, and how many scripts were typed. */
  readonly #inPod: boolean;
  #attached = false;
  #tail = '';
  #typed = 0;

  private constructor(client: AgentClient, lab: string, { id: terminal, pod }: TerminalDescription) {
    this.#client = client;
    this.#lab = lab;
    this.#terminal = terminal;
    this.#inPod = pod !== undefined;
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
  static async open(client: AgentClient, lab: string, where: TypedPlace & { name: string }): Promise<TypedTerminal> {
    const terminal = await client.openTerminal(lab, { ...where, size: SIZE });
    const typed = new TypedTerminal(client, lab, terminal);
    try {
      await typed.#until(() => typed.#attached, 'the terminal');
      if (where.pod) await typed.#typeAhead('');
      else await typed.#until(() => typed.#promptAt >= 0, 'a first prompt');
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
    if (this.#inPod) return await this.#typeAhead(script);
    for (const line of script.replace(/\s+$/, '').split('\n')) {
      const from = Math.max(this.#offset, this.#promptAt);
      this.#prompt = undefined;
      // A tab would complete a word: as a paste it is a character like others.
      const keys = line.includes('\t') ? `\x1b[200~${line}\x1b[201~\r` : `${line}\r`;
      this.#send(keys);
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

  /**
   * A container's shell is not ours and says nothing of its prompts: a last line prints a word when all before it is done.
   * What is echoed of that line has the format in place of the word.
   */
  async #typeAhead(script: string): Promise<number | undefined> {
    const number = ++this.#typed;
    const done = new RegExp(`typed-${number}-(\\d+)\\s`);
    this.#tail = '';
    const lines = script.trimEnd().split('\n').filter(Boolean);
    this.#send(`${[...lines, `printf 'typed-%s-%s\\n' ${number} $?`].join('\r')}\r`);
    await this.#until(() => done.test(this.#tail), `the end of \`${lines.at(-1) ?? 'a first line'}\``);
    return Number(done.exec(this.#tail)?.[1]);
  }

  #send(keys: string): void {
    this.#socket.send(Buffer.concat([Buffer.from([INPUT_FRAME]), Buffer.from(keys)]));
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
        this.#attached = true;
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
    if (this.#inPod) {
      this.#tail = (this.#tail + bytes.toString('latin1')).slice(-TAIL_CHARS);
      this.#wake();
    }
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
