/** What the host finds in a terminal's output. `offset` is that of the byte after the sequence. */
export type Found =
  | { type: 'prompt'; offset: number; continuation: boolean; exit: number | undefined }
  | { type: 'running'; offset: number }
  | { type: 'mode'; offset: number; modes: number[]; on: boolean }
  | { type: 'full-reset'; offset: number };

const ESC = 0x1b;
const BEL = 0x07;
/** A mark or mode sequence is short; anything longer is not one. */
const MAX_SEQUENCE_BYTES = 64;
const OSC_133 = Buffer.from('\x1b]133;');

/**
 * Finds OSC 133 marks and DEC private modes in a stream, across chunk borders. Cheap: it looks at what follows an ESC and
 * at nothing else; text passes at the speed of indexOf.
 */
export class Scanner {
  #torn: Buffer = Buffer.alloc(0);
  #lastExit: number | undefined;

  /** @param offset of the chunk's first byte */
  scan(chunk: Buffer, offset: number): Found[] {
    const found: Found[] = [];
    const bytes = this.#torn.length > 0 ? Buffer.concat([this.#torn, chunk]) : chunk;
    const base = offset - this.#torn.length;
    this.#torn = Buffer.alloc(0);
    for (let at = bytes.indexOf(ESC); at >= 0; at = bytes.indexOf(ESC, at)) {
      const end = sequenceEnd(bytes, at);
      if (end === 'torn') {
        this.#torn = Buffer.from(bytes.subarray(at));
        break;
      }
      if (end === 'other') {
        at += 1;
        continue;
      }
      const one = this.#read(bytes.toString('latin1', at, end), base + end);
      if (one) found.push(one);
      at = end;
    }
    return found;
  }

  #read(sequence: string, offset: number): Found | undefined {
    if (sequence === '\x1bc') return { type: 'full-reset', offset };
    const mode = /^\[\?([\d;]+)([hl])$/.exec(sequence.slice(1));
    if (mode) {
      const modes = (mode[1] ?? '').split(';').map(Number);
      return { type: 'mode', offset, modes, on: mode[2] === 'h' };
    }
    const mark = /^\]133;([ACD])(?:;([ -~]*))?/.exec(sequence.slice(1));
    if (mark?.[1] === 'C') return { type: 'running', offset };
    if (mark?.[1] === 'D') {
      this.#lastExit = /^\d{1,3}$/.test(mark[2] ?? '') ? Number(mark[2]) : undefined;
      return undefined;
    }
    if (mark?.[1] !== 'A') return undefined;
    const continuation = mark[2] === 'k=s';
    return { type: 'prompt', offset, continuation, exit: continuation ? undefined : this.#lastExit };
  }
}

/** Where the sequence at `at` ends, if it is of a kind that is looked for. */
function sequenceEnd(bytes: Buffer, at: number): number | 'torn' | 'other' {
  const next = bytes[at + 1];
  if (next === undefined) return 'torn';
  if (next === 0x63) return at + 2; // ESC c
  if (next === 0x5b) {
    if (bytes[at + 2] === undefined) return 'torn';
    if (bytes[at + 2] !== 0x3f) return 'other';
    for (let i = at + 3; i < at + MAX_SEQUENCE_BYTES; i++) {
      const byte = bytes[i];
      if (byte === undefined) return 'torn';
      if (byte >= 0x40 && byte <= 0x7e) return i + 1;
      if (byte < 0x20 || byte > 0x7e) return 'other';
    }
    return 'other';
  }
  if (next !== 0x5d) return 'other';
  for (let i = 2; i < OSC_133.length; i++) {
    if (bytes[at + i] === undefined) return 'torn';
    if (bytes[at + i] !== OSC_133[i]) return 'other';
  }
  for (let i = at + OSC_133.length; i < at + MAX_SEQUENCE_BYTES; i++) {
    const byte = bytes[i];
    if (byte === undefined) return 'torn';
    if (byte === BEL) return i + 1;
    if (byte === ESC) return bytes[i + 1] === undefined ? 'torn' : bytes[i + 1] === 0x5c ? i + 2 : 'other';
  }
  return 'other';
}
