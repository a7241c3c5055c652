// One line for each message, near to what tcpdump prints, so that a learner recognises it.

export function arpText(operation: number, from: string, to: string): string {
  if (operation === 1) return `ARP request for ${to} from ${from}`;
  return operation === 2 ? `ARP reply of ${from} to ${to}` : `ARP message ${operation} of ${from}`;
}

/** https://www.iana.org/assignments/icmp-parameters */
const ICMP: Record<number, string> = {
  0: 'echo reply',
  3: 'destination unreachable',
  5: 'redirect',
  8: 'echo request',
  11: 'time exceeded',
};

export function icmpText(type: number | undefined, code: number | undefined, from: string, to: string): string {
  const name = type === 3 && code === 4 ? 'fragmentation needed' : ICMP[type ?? -1];
  return `ICMP ${name ?? `type ${type ?? '?'}`} ${from} > ${to}`;
}

/** https://www.iana.org/assignments/icmpv6-parameters */
const ICMP6: Record<number, string> = {
  1: 'destination unreachable',
  2: 'packet too big',
  128: 'echo request',
  129: 'echo reply',
  133: 'router solicitation',
  134: 'router advertisement',
  135: 'neighbour solicitation',
  136: 'neighbour advertisement',
  143: 'listener report',
};

export function icmp6Text(type: number | undefined, from: string, to: string): string {
  return `ICMPv6 ${ICMP6[type ?? -1] ?? `type ${type ?? '?'}`} ${from} > ${to}`;
}

const FLAGS: readonly [number, string][] = [
  [0x02, 'SYN'],
  [0x01, 'FIN'],
  [0x04, 'RST'],
  [0x08, 'PSH'],
  [0x10, 'ACK'],
];

export function tcpText(source: Port, destination: Port, flags: number | undefined, from: string, to: string): string {
  const names = FLAGS.filter(([bit]) => ((flags ?? 0) & bit) !== 0).map(([, name]) => name);
  return `TCP ${names.join('+') || 'segment'} ${from}:${source ?? '?'} > ${to}:${destination ?? '?'}`;
}

export function udpText(source: Port, destination: Port, from: string, to: string): string {
  return `UDP ${from}:${source ?? '?'} > ${to}:${destination ?? '?'}`;
}

type Port = number | undefined;
