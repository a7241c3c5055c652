import { INPUT_FRAME, INPUT_WINDOW_BYTES } from '../../lab-agent/contract/terminal.ts';

const FRAME_BYTES = 16 * 1024;

/** Input on its way to the shell: no more than the window unaccepted, the rest of a large paste waits here. */
export class InputWindow {
  readonly #send: (frame: Uint8Array<ArrayBuffer>) => void;
  #waiting: Uint8Array[] = [];
  #sent = 0;
  #accepted = 0;

  constructor(send: (frame: Uint8Array<ArrayBuffer>) => void) {
    this.#send = send;
  }

  push(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += FRAME_BYTES) this.#waiting.push(bytes.subarray(at, at + FRAME_BYTES));
    this.#flush();
  }

  /** Ctrl-C overtakes a paste, and ends it. */
  interrupt(bytes: Uint8Array): void {
    this.#waiting = [];
    this.#sendFrame(bytes);
  }

  /** @param total bytes of this connection that the shell's terminal has taken */
  accepted(total: number): void {
    this.#accepted = total;
    this.#flush();
  }

  /** A new connection counts from nothing; what was not sent is forgotten. */
  clear(): void {
    this.#waiting = [];
    this.#sent = 0;
    this.#accepted = 0;
  }

  #flush(): void {
    while (this.#waiting[0] && this.#sent - this.#accepted + this.#waiting[0].length <= INPUT_WINDOW_BYTES) {
      this.#sendFrame(this.#waiting.shift() as Uint8Array);
    }
  }

  #sendFrame(bytes: Uint8Array): void {
    const frame = new Uint8Array(bytes.length + 1);
    frame[0] = INPUT_FRAME;
    frame.set(bytes, 1);
    this.#sent += bytes.length;
    this.#send(frame);
  }
}

/** Ctrl-C, Ctrl-Z or Ctrl-\ alone. */
export function isInterrupt(bytes: Uint8Array): boolean {
  return bytes.length === 1 && (bytes[0] === 0x03 || bytes[0] === 0x1a || bytes[0] === 0x1c);
}
