import type { LiveState } from '../../lab-agent/contract/lab.ts';
import { layoutMachine, type MachineLayout, type Plug } from './layout-machine.ts';
import {
  type CableShape,
  isUp,
  networkOf,
  nicKey,
  type Point,
  type SegmentShape,
  shownAddresses,
  type TopologyLayout,
  textWidth,
} from './topology-shapes.ts';

const MARGIN = 12;
const GAP = 26;
/** Between two segments below the machines. */
const SEGMENT_STEP = 34;
const CLOUD = { width: 168, height: 84 };

/**
 * Where everything on the picture stands. Pure and deterministic: the same state gives the same picture, things keep
 * their keys, and a new thing moves the others only as far as it needs room.
 */
export function layoutTopology(state: LiveState): TopologyLayout {
  const machines = state.nodes.filter((n) => n.kind === 'machine').map(layoutMachine);
  const clouds = state.nodes.filter((n) => n.kind === 'internet').map(layoutCloud);

  const tallest = Math.max(0, ...machines.map((m) => m.machine.height));
  let x = MARGIN;
  for (const laid of machines) {
    // Machines stand on one line, as on a table, so that their cables leave at the same height.
    move(laid, x, MARGIN + tallest - laid.machine.height);
    x += laid.machine.width + GAP;
  }
  const width = Math.max(x - GAP + MARGIN, 260, clouds.length * (CLOUD.width + GAP) + 2 * MARGIN);
  const floor = MARGIN + tallest;

  const groups = segmentsOf([...machines, ...clouds]);
  const cloudTop = floor + (groups.length + 1) * SEGMENT_STEP;
  let free = MARGIN;
  for (const cloud of clouds) {
    // Below what it is plugged together with, as far as there is room.
    const wanted = middleOf(groups, cloud) - CLOUD.width / 2;
    const left = Math.max(free, Math.min(wanted, width - MARGIN - CLOUD.width));
    move(cloud, left, cloudTop);
    free = left + CLOUD.width + GAP;
  }
  const all = [...machines, ...clouds];
  const plugs = all.flatMap((m) => m.plugs);
  const segments = groups.map((group, i) => layoutSegment(group, floor + (i + 1) * SEGMENT_STEP - 4));
  const cables = layoutCables(plugs, floor);

  const lowest = Math.max(
    floor,
    ...segments.map((s) => s.y + 18),
    ...clouds.map((c) => c.machine.y + c.machine.height),
    ...cables.flatMap((c) => [c.from.y, c.to.y]),
  );
  const rightmost = Math.max(width, ...segments.map((s) => s.to + 8 + textWidth(s.label) + MARGIN));
  return {
    width: rightmost,
    height: lowest + MARGIN,
    machines: all.map((m) => m.machine),
    spaces: all.flatMap((m) => m.spaces),
    bars: all.flatMap((m) => m.bars),
    chips: all.flatMap((m) => m.chips),
    cables,
    segments,
  };
}

/** The internet is a cloud with one plug on top; what it looks like inside is no part of any lesson. */
function layoutCloud(node: LiveState['nodes'][number]): MachineLayout {
  const nics = node.namespaces.flatMap((n) => n.interfaces).filter((i) => i.name !== 'lo');
  return {
    machine: { key: node.name, name: node.name, kind: 'internet', via: undefined, x: 0, y: 0, ...CLOUD },
    spaces: [],
    bars: [],
    chips: [],
    plugs: nics.map((nic, i) => ({
      key: nicKey(node.name, undefined, nic.name),
      nic,
      place: 'edge',
      x: (CLOUD.width * (i + 1)) / (nics.length + 1) - 1,
      y: 10,
      width: 2,
      height: 0,
    })),
  };
}

/** Where a cloud would stand straight below the machines that it shares a network with. */
function middleOf(groups: SegmentGroup[], cloud: MachineLayout): number {
  const others = groups
    .filter((g) => g.plugs.some((p) => cloud.plugs.includes(p)))
    .flatMap((g) => g.plugs.filter((p) => !cloud.plugs.includes(p)));
  const xs = others.map((p) => p.x + p.width / 2);
  return xs.length === 0 ? MARGIN + CLOUD.width / 2 : (Math.min(...xs) + Math.max(...xs)) / 2;
}

function move(laid: MachineLayout, dx: number, dy: number): void {
  for (const shape of [laid.machine, ...laid.spaces, ...laid.bars, ...laid.chips, ...laid.plugs]) {
    shape.x += dx;
    shape.y += dy;
  }
}

type SegmentGroup = { network: string; plugs: Plug[] };

/**
 * The lab's own networks are not among what the kernel of a node shows: a plug whose other end is not on the picture leads
 * to one of them, and those whose addresses lie in the same network share it.
 */
function segmentsOf(machines: MachineLayout[]): SegmentGroup[] {
  const groups = new Map<string, Plug[]>();
  for (const plug of machines.flatMap((m) => m.plugs)) {
    if (plug.place === 'space' || plug.nic.peer || plug.nic.kind !== 'veth') continue;
    const network = shownAddresses(plug.nic).map(networkOf).find(Boolean);
    if (network) groups.set(network, [...(groups.get(network) ?? []), plug]);
  }
  return [...groups].map(([network, plugs]) => ({ network, plugs })).sort((a, b) => compare(a.network, b.network));
}

function layoutSegment({ network, plugs }: SegmentGroup, y: number): SegmentShape {
  const drops = plugs.map((plug) => {
    const x = plug.x + plug.width / 2;
    return { key: plug.key, x, from: plug.y > y ? plug.y : plug.y + plug.height, to: y, live: isUp(plug.nic) };
  });
  const xs = drops.map((d) => d.x);
  return { key: network, label: network, y, from: Math.min(...xs) - 24, to: Math.max(...xs) + 24, drops };
}

/** One cable per pair of plugs, drawn once although both ends name it. */
function layoutCables(plugs: Plug[], floor: number): CableShape[] {
  const byKey = new Map(plugs.map((p) => [p.key, p]));
  const cables: CableShape[] = [];
  const done = new Set<string>();
  for (const plug of plugs) {
    const peer = plug.nic.peer;
    const other = peer && byKey.get(nicKey(peer.node, peer.netns, peer.name));
    if (!other || done.has(plug.key) || other === plug) continue;
    done.add(other.key);
    cables.push(cable(plug, other, floor));
  }
  return cables;
}

function cable(one: Plug, two: Plug, floor: number): CableShape {
  const key = [one.key, two.key].sort(compare).join('—');
  const live = isUp(one.nic) && isUp(two.nic);
  const [upper, lower] = one.y <= two.y ? [one, two] : [two, one];
  const sameRow = upper.y + upper.height > lower.y - 4;
  if (!sameRow) {
    const from = plugPoint(upper, 'bottom');
    const to = plugPoint(lower, 'top');
    const middle = (from.y + to.y) / 2;
    return {
      key,
      live,
      from,
      to,
      path: `M${at(from)} C${at({ x: from.x, y: middle })} ${at({ x: to.x, y: middle })} ${at(to)}`,
    };
  }
  const from = plugPoint(one, 'bottom');
  const to = plugPoint(two, 'bottom');
  // A slack cable: the farther its ends, the deeper it hangs, so that several can be told apart.
  const room = one.place === 'edge' ? floor + 40 - Math.max(from.y, to.y) : 44;
  const sag = Math.min(room, 22 + Math.abs(to.x - from.x) / 14) * 1.25;
  return {
    key,
    live,
    from,
    to,
    path: `M${at(from)} C${at({ x: from.x, y: from.y + sag })} ${at({ x: to.x, y: to.y + sag })} ${at(to)}`,
  };
}

function plugPoint(plug: Plug, side: 'top' | 'bottom'): Point {
  return { x: plug.x + plug.width / 2, y: side === 'top' ? plug.y : plug.y + plug.height };
}

function at({ x, y }: Point): string {
  return `${Math.round(x * 10) / 10},${Math.round(y * 10) / 10}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
