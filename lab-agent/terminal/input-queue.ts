import { writeSync } from 'node:fs';

const FIRST_RETRY_MS = 1;
const LAST_RETRY_MS = 50;
/** Queued beyond this, the sender's websocket is not read any more. */
export const INPUT_QUEUE_BYTES = 256 * 1024;

/**
 * Input on its way into a pty. The fd is non-blocking: what a program does not take now is retried at a growing pace
 * (node-pty's own queue retries at once and takes a whole core, microsoft/node-pty#956).
 */
export class InputQueue implements Disposable {
  readonly #fd: number;
  #chunks: { bytes: Buffer; taken(bytes: number): void }[] = [];
  #size = 0;
  #retryMs = FIRST_RETRY_MS;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(fd: number) {
    this.#fd = fd;
  }

  get size(): number {
    return this.#size;
  }

  /** @param taken told of bytes that have gone into the pty, or were dropped for an interrupt's sake */
  push(bytes: Buffer, taken: (bytes: number) => void): void {
    if (this.#closed || bytes.length === 0) return;
    // An interrupt must not wait behind a paste that nobody reads.
    if (this.#size > 0 && isInterrupt(bytes)) this.#clear();
    this.#chunks.push({ bytes, taken });
    this.#size += bytes.length;
    if (!this.#timer) this.#flush();
  }

  #clear(): void {
    const dropped = this.#chunks;
    this.#chunks = [];
    this.#size = 0;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const { bytes, taken } of dropped) taken(bytes.length);
  }

  #flush(): void {
    this.#timer = undefined;
    while (!this.#closed) {
      const chunk = this.#chunks[0];
      if (!chunk) return;
      const written = this.#write(chunk.bytes);
      if (written === 0) {
        this.#timer = setTimeout(() => this.#flush(), this.#retryMs);
        this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS);
        return;
      }
      this.#retryMs = FIRST_RETRY_MS;
      this.#size -= written;
      if (written === chunk.bytes.length) this.#chunks.shift();
      else chunk.bytes = chunk.bytes.subarray(written);
      chunk.taken(written);
    }
  }

  #write(chunk: Buffer): number {
    try {
      return writeSync(this.#fd, chunk);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EAGAIN') return 0;
      // EIO: the shell has gone. The reader sees the same and ends the session.
      if (code === 'EIO') return chunk.length;
      throw error;
    }
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#chunks = [];
    this.#size = 0;
  }
}

/** Ctrl-C, Ctrl-Z or Ctrl-\\ alone. */
function isInterrupt(bytes: Buffer): boolean {
  return bytes.length === 1 && (bytes[0] === 0x03 || bytes[0] === 0x1a || bytes[0] === 0x1c);
}
