/**
 * The last bytes of a stream with absolute offsets: what a session keeps for resuming and replay.
 * It knows nothing of terminals; safe-start.ts says where a replay may begin.
 */
export class Ring {
  readonly capacity: number;
  #end = 0;
  readonly #bytes: Buffer;

  constructor(capacity: number) {
    this.capacity = capacity;
    // Zeroed memory costs nothing until it is written to, so an idle session stays small.
    this.#bytes = Buffer.alloc(capacity);
  }

  /** Offset of the oldest byte kept. */
  get start(): number {
    return Math.max(0, this.#end - this.capacity);
  }

  /** Offset after the newest byte. */
  get end(): number {
    return this.#end;
  }

  append(chunk: Buffer): void {
    const kept = chunk.length > this.capacity ? chunk.subarray(chunk.length - this.capacity) : chunk;
    const at = (this.#end + chunk.length - kept.length) % this.capacity;
    const first = kept.copy(this.#bytes, at);
    if (first < kept.length) kept.copy(this.#bytes, 0, first);
    this.#end += chunk.length;
  }

  /** Copies the bytes of [from, to) into `target` at `targetAt`; both offsets must lie in the ring. */
  copy(from: number, to: number, target: Buffer, targetAt = 0): void {
    if (from < this.start || to > this.#end || from > to) throw new RangeError(`ring has no bytes ${from}..${to}`);
    const at = from % this.capacity;
    const first = this.#bytes.copy(target, targetAt, at, Math.min(this.capacity, at + to - from));
    if (first < to - from) this.#bytes.copy(target, targetAt + first, 0, to - from - first);
  }

  read(from: number, to: number): Buffer {
    const out = Buffer.allocUnsafe(to - from);
    this.copy(from, to, out);
    return out;
  }
}
