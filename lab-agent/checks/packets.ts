import type { Layer } from '../capture/decode.ts';
import { sameAddress } from './addresses.ts';
import type { Parameters } from './resolve.ts';
import { count, list } from './text.ts';

type Wanted = Pick<Parameters<'capture'>, 'from' | 'to' | 'proto'>;

/** Whether one layer of a packet, of a tunnel's inside too, is what is wanted. */
export function fits(layers: readonly Layer[], wanted: Wanted): boolean {
  const { from, to, proto } = wanted;
  if (from === undefined && to === undefined && proto === undefined) return true;
  return layers.some(
    (layer) =>
      (proto === undefined || isOf(layer, proto)) &&
      (from === undefined || sameAddress(layer.from, from.value)) &&
      (to === undefined || sameAddress(layer.to, to.value)),
  );
}

function isOf(layer: Layer, proto: NonNullable<Wanted['proto']>): boolean {
  if (proto === 'ip') return layer.version === 4;
  return proto === 'ip6' ? layer.version === 6 : layer.proto === proto;
}

/** One line for a packet, tunnel and inside. */
export function describe(layers: readonly Layer[]): string {
  return layers.length === 0 ? 'a packet of another protocol' : layers.map((l) => l.says).join(', within: ');
}

/** `3 packets on br0: ARP request for 11.11.11.3 from 11.11.11.2 (2 times) and …` */
export function summary(seen: readonly string[], dev: string): string {
  if (seen.length === 0) return `no packets on ${dev}`;
  const times = new Map<string, number>();
  for (const text of seen) times.set(text, (times.get(text) ?? 0) + 1);
  const parts = [...times].map(([text, n]) => (n === 1 ? text : `${text} (${n} times)`));
  return `${count(seen.length, 'packet')} on ${dev}: ${list(parts, '', 4)}`;
}

/** `2 ICMP packets from 11.11.11.2 to 11.11.11.3 that fit "host 11.11.11.3"` */
export function wantedText(params: Parameters<'capture'>): string {
  const { packets, proto, from, to, filter } = params;
  const name = proto ? `${NAMES[proto]} ` : '';
  const ends = `${from ? ` from ${from.says}` : ''}${to ? ` to ${to.says}` : ''}`;
  return `${packets} ${name}packet${packets === 1 ? '' : 's'}${ends}${filter ? ` that ${packets === 1 ? 'fits' : 'fit'} "${filter}"` : ''}`;
}

const NAMES: Record<NonNullable<Wanted['proto']>, string> = {
  icmp: 'ICMP',
  icmp6: 'ICMPv6',
  tcp: 'TCP',
  udp: 'UDP',
  arp: 'ARP',
  ipip: 'IPIP',
  ip: 'IPv4',
  ip6: 'IPv6',
};
