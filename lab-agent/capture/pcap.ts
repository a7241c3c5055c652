// Reads the stream that tcpdump writes: classic pcap, https://datatracker.ietf.org/doc/draft-ietf-opsawg-pcap/
// Knows nothing of what packets hold (decode.ts), and trusts no length in the stream.

/** One captured packet; `bytes` may be fewer than `length`, what was on the wire. */
export type Frame = { linkType: number; length: number; bytes: Uint8Array };

const HEADER_BYTES = 24;
const RECORD_BYTES = 16;
/** tcpdump's own bound for one packet; more in a stream means that it is no pcap. */
const MAX_FRAME_BYTES = 262_144;
const MICROSECONDS = 0xa1b2c3d4;
const NANOSECONDS = 0xa1b23c4d;

/** Takes a stream in pieces of any size and gives the packets that are complete. */
export class PcapReader {
  /** Why the stream cannot be read any further, once that is so. */
  problem: string | undefined;
  private rest: Buffer = Buffer.alloc(0);
  private header: { little: boolean; linkType: number } | undefined;

  /** The packets that `chunk` completes; none after a problem. Never throws. */
  push(chunk: Uint8Array): Frame[] {
    if (this.problem !== undefined) return [];
    this.rest = this.rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.rest, chunk]);
    if (!this.header && !this.readHeader()) return [];
    const frames: Frame[] = [];
    for (let frame = this.next(); frame; frame = this.next()) frames.push(frame);
    return frames;
  }

  private readHeader(): boolean {
    if (this.rest.length < HEADER_BYTES) return false;
    const isMagic = (n: number) => n === MICROSECONDS || n === NANOSECONDS;
    const little = isMagic(this.rest.readUInt32LE(0));
    if (!little && !isMagic(this.rest.readUInt32BE(0))) {
      this.problem = 'the stream is no pcap';
      return false;
    }
    // The upper bits of this field tell of frame check sequences.
    this.header = { little, linkType: this.number(20, little) & 0xffff };
    this.rest = this.rest.subarray(HEADER_BYTES);
    return true;
  }

  private next(): Frame | undefined {
    if (!this.header || this.rest.length < RECORD_BYTES) return undefined;
    const captured = this.number(8, this.header.little);
    const length = this.number(12, this.header.little);
    if (captured > MAX_FRAME_BYTES) {
      this.problem = `a packet of ${captured} bytes is claimed`;
      this.rest = Buffer.alloc(0);
      return undefined;
    }
    const end = RECORD_BYTES + captured;
    if (this.rest.length < end) return undefined;
    const bytes = Uint8Array.from(this.rest.subarray(RECORD_BYTES, end));
    this.rest = this.rest.subarray(end);
    return { linkType: this.header.linkType, length, bytes };
  }

  private number(offset: number, little: boolean): number {
    return little ? this.rest.readUInt32LE(offset) : this.rest.readUInt32BE(offset);
  }
}
