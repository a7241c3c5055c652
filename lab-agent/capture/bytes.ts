import ipaddr from 'ipaddr.js';

/** Reads big-endian numbers and addresses from captured bytes; what lies beyond the end is `undefined`, never an error. */
export class Bytes {
  private readonly view: Uint8Array;

  constructor(view: Uint8Array) {
    this.view = view;
  }

  get length(): number {
    return this.view.length;
  }

  u8(at: number): number | undefined {
    return this.view[at];
  }

  u16(at: number): number | undefined {
    const [high, low] = [this.view[at], this.view[at + 1]];
    return high === undefined || low === undefined ? undefined : high * 256 + low;
  }

  ip(at: number, size: 4 | 16): string | undefined {
    if (at + size > this.view.length) return undefined;
    return ipaddr.fromByteArray([...this.view.subarray(at, at + size)]).toString();
  }

  from(at: number, to?: number): Bytes {
    return new Bytes(this.view.subarray(at, to));
  }
}
