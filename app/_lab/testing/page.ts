import WebSocket from 'ws';
import { parse } from '../../../lab-agent/contract/parse.ts';
import { type GatewayMessage, gatewayMessage, type PageMessage } from '../wire.ts';

const PATIENCE_MS = 20_000;

/** A lesson page as the gateway sees it, for tests. */
export class TestPage implements Disposable {
  readonly heard: GatewayMessage[] = [];
  readonly #socket: WebSocket;
  #wake: () => void = () => {};

  constructor(url: string, origin: string) {
    this.#socket = new WebSocket(url, { origin });
    this.#socket.on('message', (data) => {
      this.heard.push(parse(gatewayMessage, JSON.parse(String(data)), '/ws/lab'));
      this.#wake();
    });
    this.#socket.on('error', () => {});
  }

  async send(message: PageMessage): Promise<void> {
    if (this.#socket.readyState === WebSocket.CONNECTING) await new Promise((open) => this.#socket.once('open', open));
    this.#socket.send(JSON.stringify(message));
  }

  /** The first message that fits, among those heard and those to come. @throws Error telling what was heard instead */
  async until<T extends GatewayMessage['type']>(
    type: T,
    fits: (message: Extract<GatewayMessage, { type: T }>) => boolean = () => true,
  ): Promise<Extract<GatewayMessage, { type: T }>> {
    const deadline = Date.now() + PATIENCE_MS;
    while (Date.now() < deadline) {
      const found = this.heard.find(
        (message): message is Extract<GatewayMessage, { type: T }> => message.type === type && fits(message as never),
      );
      if (found) return found;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, deadline - Date.now());
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    const heard = this.heard.filter((message) => message.type !== 'state').map((message) => JSON.stringify(message));
    throw new Error(`no "${type}" as wanted, but:\n${heard.join('\n')}`);
  }

  forget(): void {
    this.heard.length = 0;
  }

  [Symbol.dispose](): void {
    this.#socket.terminate();
  }
}
