import type { LiveInterface } from '../../lab-agent/contract/lab.ts';

/** A place on the picture: pixels at scale 1, from the left upper corner. */
export type Box = { x: number; y: number; width: number; height: number };
export type Point = { x: number; y: number };

/** An interface as a small label with its name and addresses. `key` names it for good, so that it can move instead of jump. */
export type ChipShape = Box & { key: string; name: string; up: boolean; lines: string[]; kind: string };
/** A bridge: a bar that its ports stand on. */
export type BarShape = Box & { key: string; name: string; up: boolean; lines: string[] };
/** A named network namespace in its machine. */
export type SpaceShape = Box & {
  key: string;
  name: string;
  via: string | undefined;
  problem: string | undefined;
  empty: boolean;
};
/** `sessions` stands beside the machines and shows what is agreed between them, no place where something runs. */
export type MachineShape = Box & {
  key: string;
  name: string;
  kind: 'machine' | 'internet' | 'sessions';
  via: string | undefined;
};
/** A pod in its machine. `name` is NAMESPACE/NAME, or that of a namespace which the cluster does not (yet) tell about. */
export type PodShape = Box & {
  key: string;
  name: string;
  label: string;
  node: string;
  tone: 'good' | 'waits' | 'bad' | 'over' | 'unknown';
  /** What it waits for, or that it is on its node's own network: a line of its own. */
  note: 'not-ready' | 'host-network' | { phase: string } | undefined;
  address: string | undefined;
  hostNetwork: boolean;
};
/** Pods that are left out of the picture, to be shown at a click, or hidden again. */
export type PillShape = Box & { key: string; node: string; what: 'system' | 'more'; count: number; open: boolean };
/** A cable between two plugs; `live` when both ends are up. */
export type CableShape = { key: string; path: string; from: Point; to: Point; live: boolean };
/** A network that machines are plugged into: a line below each row of machines, and one that joins those lines. */
export type SegmentShape = {
  key: string;
  label: string;
  labelAt: Point & { anchor: 'start' | 'end' };
  bars: SegmentBar[];
  riser: { x: number; from: number; to: number } | undefined;
  /** A network within the others, each packet of which travels in one of theirs. */
  tunnel: boolean;
};
export type SegmentBar = { y: number; from: number; to: number; drops: SegmentDrop[] };
/** `reach`: how far to the right of its line its plug is. */
export type SegmentDrop = { key: string; x: number; from: number; to: number; live: boolean; reach: number };

export type TopologyLayout = {
  width: number;
  height: number;
  machines: MachineShape[];
  spaces: SpaceShape[];
  bars: BarShape[];
  chips: ChipShape[];
  cables: CableShape[];
  segments: SegmentShape[];
  pods: PodShape[];
  pills: PillShape[];
  sessions: SessionsShape | undefined;
};

/** Who speaks BGP with whom, as a ring of speakers with a line for each session. Places are within its own box. */
export type SessionsShape = Box & { speakers: SpeakerShape[]; links: LinkShape[] };
export type SpeakerShape = Point & { name: string; label: Point & { anchor: 'start' | 'middle' | 'end' } };
export type LinkShape = { key: string; from: Point; to: Point; state: string; up: boolean };

const CHAR_WIDTH = 6.7;
const LINE_HEIGHT = 15;
const PAD = 9;
/** Room for the dot that shows up or down. */
const DOT = 14;

/** Widths are reckoned, not measured, so that the layout is the same on the server, in tests and in every browser; labels are monospaced. */
export function textWidth(text: string): number {
  return text.length * CHAR_WIDTH;
}

/** The addresses worth showing: link-local ones that the kernel makes by itself are noise here. */
export function shownAddresses(nic: LiveInterface): string[] {
  return nic.addresses.filter((a) => !a.toLowerCase().startsWith('fe80:'));
}

export function chipSize(name: string, lines: readonly string[]): { width: number; height: number } {
  const widest = Math.max(textWidth(name) + DOT, ...lines.map(textWidth));
  return { width: Math.ceil(Math.max(widest + 2 * PAD, 56)), height: PAD + LINE_HEIGHT * (1 + lines.length) + 4 };
}

/**
 * Leaves out what only stands about: where a kernel has ipip, every namespace has a tunl0 that is down and has no address.
 */
export function isWorthShowing(nic: LiveInterface): boolean {
  if (nic.kind === 'loopback' || nic.name === 'lo') return false;
  return !(FALLBACK_TUNNELS.has(nic.name) && !nic.up && nic.addresses.length === 0);
}
const FALLBACK_TUNNELS = new Set([
  'tunl0',
  'sit0',
  'gre0',
  'gretap0',
  'erspan0',
  'ip6tnl0',
  'ip6gre0',
  'ip_vti0',
  'ip6_vti0',
]);

/** An interface that puts packets into packets between machines, and is in use. */
export function isTunnel(nic: LiveInterface): boolean {
  const tunnel = ['ipip', 'vxlan', 'wireguard', 'gre'].includes(nic.kind) || nic.name === 'tunl0';
  return tunnel && nic.up && nic.addresses.length > 0;
}

/** A name that is too long keeps its beginning and its end, which tell pods of one deployment apart. */
export function shortened(name: string, most: number): string {
  if (name.length <= most) return name;
  const end = Math.floor((most - 1) / 2);
  return `${name.slice(0, most - 1 - end)}…${name.slice(-end)}`;
}

export function nicKey(node: string, netns: string | undefined, name: string): string {
  return `${node}/${netns ?? ''}/${name}`;
}

export function isUp(nic: LiveInterface): boolean {
  return nic.up && nic.carrier;
}

/** IPv4 network of an address with prefix: `192.168.10.10/24` → `192.168.10.0/24`; undefined for anything else. */
export function networkOf(address: string): string | undefined {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(address);
  if (!match) return undefined;
  const [a, b, c, d, bits] = match.slice(1).map(Number) as [number, number, number, number, number];
  if (bits >= 31) return undefined;
  const mask = bits === 0 ? 0 : (~0 << (32 - bits)) >>> 0;
  const value = (((a << 24) | (b << 16) | (c << 8) | d) & mask) >>> 0;
  return `${[24, 16, 8, 0].map((s) => (value >>> s) & 255).join('.')}/${bits}`;
}
