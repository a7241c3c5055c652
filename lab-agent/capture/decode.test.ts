import { describe, expect, test } from 'vitest';
import { decode } from './decode.ts';
import { PcapReader } from './pcap.ts';

/** Written by tcpdump 4.99.5 on a veth and on `any`. */
const ON_VETH = `1MOyoQIABAAAAAAAAAAAADwAAAABAAAArmEBa6VfAgAqAAAAKgAAAP///////1agIyh0RAgGAAEIAAYEAAFWoCModEQKAwMBAAAAAAAACgMDAq5h
AWvEXwIAKgAAACoAAABWoCModEQa+dRTaHwIBgABCAAGBAACGvnUU2h8CgMDAlagIyh0RAoDAwGuYQFryF8CADoAAABiAAAAGvnUU2h8VqAjKHRECABFAABUV05AAEAByVIK
AwMBCgMDAggAnpQAbAABrmEBawAAAADoXgIAAAAAAA==`;
const ON_ANY = `1MOyoQIABAAAAAAAAAAAADwAAAAUAQAArmEBa8hfAgA8AAAAaAAAAAgAAAAAAAAGAAEEBlagIyh0RAAARQAAVFdOQABAAclSCgMDAQoDAwIIAJ6UAGwAAa5h
AWsAAAAA6F4CAK5hAWtTYAIAPAAAAGgAAAAIAAAAAAAABgABAAYa+dRTaHwAAEUAAFQh2wAAQAE+xgoDAwIKAwMBAACmlABsAAGuYQFrAAAAAOheAgA=`;

const bytes = (base64: string) => Buffer.from(base64, 'base64');
const hex = (text: string) => Uint8Array.from(Buffer.from(text.replace(/\s/g, ''), 'hex'));
const says = (linkType: number, packet: Uint8Array) =>
  decode({ linkType, length: packet.length, bytes: packet }).map((layer) => `${layer.proto}: ${layer.says}`);

function readAll(stream: Uint8Array, pieceBytes: number): string[] {
  const reader = new PcapReader();
  const found: string[] = [];
  for (let at = 0; at < stream.length; at += pieceBytes) {
    for (const frame of reader.push(stream.subarray(at, at + pieceBytes)))
      found.push(...decode(frame).map((l) => l.says));
  }
  return found;
}

describe('what tcpdump wrote', () => {
  test.each([1, 7, 100_000])('is read in pieces of %d bytes', (pieceBytes) => {
    expect(readAll(bytes(ON_VETH), pieceBytes)).toEqual([
      'ARP request for 10.3.3.2 from 10.3.3.1',
      'ARP reply of 10.3.3.2 to 10.3.3.1',
      'ICMP echo request 10.3.3.1 > 10.3.3.2',
    ]);
    expect(readAll(bytes(ON_ANY), pieceBytes)).toEqual([
      'ICMP echo request 10.3.3.1 > 10.3.3.2',
      'ICMP echo reply 10.3.3.2 > 10.3.3.1',
    ]);
  });

  test('that is no pcap, or claims too much, is given up with a reason', () => {
    const reader = new PcapReader();
    expect(reader.push(Buffer.alloc(40, 1))).toEqual([]);
    expect(reader.problem).toMatchInlineSnapshot(`"the stream is no pcap"`);
    const huge = bytes(ON_VETH);
    huge.writeUInt32LE(0x7fffffff, 24 + 8);
    const other = new PcapReader();
    expect(other.push(huge)).toEqual([]);
    expect(other.problem).toMatchInlineSnapshot(`"a packet of 2147483647 bytes is claimed"`);
  });
});

const RAW = 101;
const outer = '4500 0028 0000 0000 4004 0000 0a000001 0a000002';
const inner = '4500 0014 0000 0000 3f06 0000 0ae90101 0ae90202';

test('a tunnel shows both ways: outside and inside', () => {
  expect(says(RAW, hex(`${outer} ${inner} 1f90 0050 00000000 00000000 5012 0000`))).toEqual([
    'ipip: IPIP 10.0.0.1 > 10.0.0.2',
    'tcp: TCP SYN+ACK 10.233.1.1:8080 > 10.233.2.2:80',
  ]);
});

test('tunnels in tunnels come to an end', () => {
  expect(says(RAW, hex(outer.repeat(50)))).toHaveLength(4);
});

test('IPv6, UDP, VLAN tags and later fragments', () => {
  const v6 = '60000000 0008 3aff fe800000000000000000000000000001 ff020000000000000000000000000002 8500';
  expect(says(1, hex(`ffffffffffff 020000000001 8100 0005 86dd ${v6}`))).toEqual([
    'icmp6: ICMPv6 router solicitation fe80::1 > ff02::2',
  ]);
  expect(says(RAW, hex('4500 001c 0000 0000 4011 0000 0a000001 08080808 c350 0035'))).toEqual([
    'udp: UDP 10.0.0.1:50000 > 8.8.8.8:53',
  ]);
  expect(says(RAW, hex('4500 001c 0000 0002 4011 0000 0a000001 08080808 c350 0035'))).toEqual([
    'udp: fragment 10.0.0.1 > 8.8.8.8',
  ]);
});

test('no bytes make it throw', () => {
  const sources = [ON_VETH, ON_ANY].map(bytes);
  let seed = 42;
  const random = (below: number) => {
    seed = (seed * 1103515245 + 12345) & 0x7fffffff;
    return seed % below;
  };
  for (let i = 0; i < 20_000; i++) {
    const packet = Uint8Array.from((sources[i % 2] as Buffer).subarray(40, 40 + random(60)));
    for (let n = random(6); n > 0 && packet.length > 0; n--) packet[random(packet.length)] = random(256);
    for (const linkType of [1, 101, 113, 276, 9]) decode({ linkType, length: packet.length, bytes: packet });
  }
});
