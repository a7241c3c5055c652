// Says what a captured packet is: addresses and protocol of each layer that has addresses, the outermost first.
// Knows nothing of checks. Whatever the bytes are, it gives what could be read and never throws.
import { Bytes } from './bytes.ts';
import type { Frame } from './pcap.ts';
import { arpText, icmp6Text, icmpText, tcpText, udpText } from './says.ts';

export type Protocol = 'icmp' | 'icmp6' | 'tcp' | 'udp' | 'arp' | 'ipip' | 'other';
/** One layer with addresses: an ARP message, or an IP header and what it carries. */
export type Layer = {
  version: 4 | 6 | undefined;
  from: string;
  to: string;
  proto: Protocol;
  says: string;
  ttl?: number;
};

/** https://www.tcpdump.org/linktypes.html */
const LINK = { ethernet: 1, raw: 101, rawOld: 12, cooked: 113, ipv4: 228, ipv6: 229, cooked2: 276 } as const;
const ETHER = { ipv4: 0x0800, arp: 0x0806, vlan: 0x8100, ipv6: 0x86dd } as const;
/** Tunnels in tunnels: more is an attack. */
const MAX_DEPTH = 4;

export function decode({ linkType, bytes }: Frame): Layer[] {
  const b = new Bytes(bytes);
  switch (linkType) {
    case LINK.ethernet:
      return payload(b.u16(12), b.from(14));
    case LINK.cooked:
      return payload(b.u16(14), b.from(16));
    case LINK.cooked2:
      return payload(b.u16(0), b.from(20));
    case LINK.raw:
    case LINK.rawOld:
    case LINK.ipv4:
    case LINK.ipv6:
      return internet(b, 0);
    default:
      return [];
  }
}

function payload(etherType: number | undefined, b: Bytes): Layer[] {
  if (etherType === ETHER.vlan) return payload(b.u16(2), b.from(4));
  if (etherType === ETHER.arp) return arp(b);
  return etherType === ETHER.ipv4 || etherType === ETHER.ipv6 ? internet(b, 0) : [];
}

/** RFC 826; only ARP for IPv4 over Ethernet has these offsets. */
function arp(b: Bytes): Layer[] {
  const [operation, from, to] = [b.u16(6), b.ip(14, 4), b.ip(24, 4)];
  if (b.u16(2) !== ETHER.ipv4 || operation === undefined || from === undefined || to === undefined) return [];
  return [{ version: undefined, from, to, proto: 'arp', says: arpText(operation, from, to) }];
}

function internet(b: Bytes, depth: number): Layer[] {
  if (depth >= MAX_DEPTH) return [];
  const version = (b.u8(0) ?? 0) >> 4;
  if (version === 4) return ipv4(b, depth);
  return version === 6 ? ipv6(b, depth) : [];
}

/** RFC 791 */
function ipv4(b: Bytes, depth: number): Layer[] {
  const headerBytes = ((b.u8(0) ?? 0) & 0x0f) * 4;
  const [ttl, protocol, from, to] = [b.u8(8), b.u8(9), b.ip(12, 4), b.ip(16, 4)];
  if (headerBytes < 20 || ttl === undefined || protocol === undefined || !from || !to) return [];
  const fragmentOffset = (b.u16(6) ?? 0) & 0x1fff;
  const base = { version: 4 as const, from, to, ttl };
  if (fragmentOffset > 0) {
    return [{ ...base, proto: transportName(protocol), says: `fragment ${from} > ${to}` }];
  }
  return withTransport(base, protocol, b.from(headerBytes), depth);
}

/** RFC 8200; extension headers that may stand before the transport are stepped over. */
function ipv6(b: Bytes, depth: number): Layer[] {
  const [ttl, from, to] = [b.u8(7), b.ip(8, 16), b.ip(24, 16)];
  if (ttl === undefined || !from || !to) return [];
  let next = b.u8(6) ?? 59;
  let rest = b.from(40);
  for (let i = 0; i < 8 && (next === 0 || next === 43 || next === 60); i++) {
    const size = ((rest.u8(1) ?? 0) + 1) * 8;
    next = rest.u8(0) ?? 59;
    rest = rest.from(size);
  }
  return withTransport({ version: 6, from, to, ttl }, next, rest, depth);
}

function withTransport(
  base: Pick<Layer, 'version' | 'from' | 'to' | 'ttl'>,
  protocol: number,
  b: Bytes,
  depth: number,
): Layer[] {
  const proto = transportName(protocol);
  const says = (text: string): Layer[] => [{ ...base, proto, says: text } as Layer];
  const { from, to } = base;
  switch (proto) {
    case 'icmp':
      return says(icmpText(b.u8(0), b.u8(1), from, to));
    case 'icmp6':
      return says(icmp6Text(b.u8(0), from, to));
    case 'tcp':
      return says(tcpText(b.u16(0), b.u16(2), b.u8(13), from, to));
    case 'udp':
      return says(udpText(b.u16(0), b.u16(2), from, to));
    case 'ipip':
      return [...says(`IPIP ${from} > ${to}`), ...internet(b, depth + 1)];
    default:
      return says(`IP protocol ${protocol} ${from} > ${to}`);
  }
}

/** https://www.iana.org/assignments/protocol-numbers; IPv6 in IPv4 counts as a tunnel as well. */
function transportName(protocol: number): Protocol {
  const known: Record<number, Protocol> = { 1: 'icmp', 4: 'ipip', 6: 'tcp', 17: 'udp', 41: 'ipip', 58: 'icmp6' };
  return known[protocol] ?? 'other';
}
