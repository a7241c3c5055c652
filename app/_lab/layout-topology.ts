import type { LiveState } from '../../lab-agent/contract/lab.ts';
import { layoutMachine, type MachineLayout } from './layout-machine.ts';
import type { Plug } from './layout-rows.ts';
import { gutter, heightBelow, layoutSegments, rightEnd, type SegmentGroup, segmentGroups } from './layout-segments.ts';
import { layoutSessions } from './layout-sessions.ts';
import { type Box, type CableShape, isUp, nicKey, type Point, type TopologyLayout } from './topology-shapes.ts';

const MARGIN = 12;
const GAP = 26;
/** So many machines still stand beside each other in a column of text; more stand in two rows. */
const MOST_IN_A_ROW = 3;
/** Two lines that come down this near to each other are hard to follow. */
const APART = 16;
const CLOUD = { width: 168, height: 84 };

/** Pods beside each other in a machine: fewer where many machines want to be read. */
const PODS_IN_A_ROW = 3;
const PODS_IN_A_CROWD = 2;
const NOTHING: ReadonlySet<string> = new Set();

export type LayoutOptions = {
  mostInARow?: number;
  /** Keys of the pills whose pods are shown. */
  open?: ReadonlySet<string>;
};

/**
 * Where everything on the picture stands. Pure and deterministic: the same state gives the same picture, things keep
 * their keys, and a new thing moves the others only as far as it needs room.
 */
export function layoutTopology(
  state: LiveState,
  { mostInARow = MOST_IN_A_ROW, open = NOTHING }: LayoutOptions = {},
): TopologyLayout {
  const nodes = state.nodes.filter((n) => n.kind === 'machine');
  const podsInARow = nodes.length > MOST_IN_A_ROW ? PODS_IN_A_CROWD : PODS_IN_A_ROW;
  const shared = state.nodes.length > 1 ? sharedNetworks(state) : undefined;
  const machines = nodes.map((node) => layoutMachine(node, { pods: state.pods ?? [], podsInARow, open, shared }));
  const sessions = layoutSessions(state);
  const cells = sessions ? [...machines, asCell(sessions)] : machines;
  const rows = inRows(cells, mostInARow);
  const clouds = state.nodes.filter((n) => n.kind === 'internet').map(layoutCloud);
  const last = rows.length - 1;
  const groups = segmentGroups(rows.map((row, i) => (i === last ? [...row, ...clouds] : row)));

  const left = MARGIN + gutter(groups);
  const rowWidths = rows.map((row) => row.reduce((sum, { machine }) => sum + machine.width + GAP, -GAP));
  const inner = Math.max(...rowWidths, 260 - 2 * MARGIN, clouds.length * (CLOUD.width + GAP) - GAP);
  const floors: number[] = [];
  let y = MARGIN;
  for (const [i, row] of rows.entries()) {
    const tallest = Math.max(0, ...row.map((m) => m.machine.height));
    // A shorter row stands in the middle; one row alone begins at the left, where the next machine will not move it.
    let x = left + (rows.length > 1 ? (inner - (rowWidths[i] ?? 0)) / 2 : 0);
    for (const laid of row) {
      // Machines of a row stand on one line, as on a table, so that their cables leave at the same height.
      move(laid, x, y + tallest - laid.machine.height);
      x += laid.machine.width + GAP;
    }
    floors.push(y + tallest);
    y += tallest + heightBelow(groups, i) + (i < last ? GAP / 2 : 0);
  }

  let free = left;
  for (const cloud of clouds) {
    // Below what it is plugged together with, as far as there is room.
    const wanted = asideOf(plugXs(groups, last), middleOf(groups, cloud, last)) - CLOUD.width / 2;
    const at = Math.max(free, Math.min(wanted, left + inner - CLOUD.width));
    move(cloud, at, y);
    free = at + CLOUD.width + GAP;
  }
  const all = [...rows.flat(), ...clouds];
  const segments = layoutSegments(groups, floors, { left, right: left + inner });
  const cables = layoutCables(
    all.flatMap((m) => m.plugs),
    floors,
  );

  const lowest = Math.max(
    ...floors,
    ...segments.flatMap((s) => s.bars.map((b) => b.y + 18)),
    ...clouds.map((c) => c.machine.y + c.machine.height),
    ...cables.flatMap((c) => [c.from.y, c.to.y]),
  );
  return {
    width: Math.max(left + inner, ...segments.map(rightEnd)) + MARGIN,
    height: lowest + MARGIN,
    machines: all.map((m) => m.machine).filter((m) => m.kind !== 'sessions'),
    sessions: sessions && { ...sessions, ...placeOf(all, 'sessions') },
    pods: all.flatMap((m) => m.pods),
    pills: all.flatMap((m) => m.pills),
    spaces: all.flatMap((m) => m.spaces),
    bars: all.flatMap((m) => m.bars),
    chips: all.flatMap((m) => m.chips),
    cables,
    segments,
  };
}

/** The networks that more than one plug of the lab is in. */
function sharedNetworks({ nodes }: LiveState): Set<string> {
  const plugged = nodes.flatMap(({ namespaces }) => namespaces.flatMap(({ interfaces }) => interfaces));
  const named = plugged.flatMap(({ network }) => network ?? []);
  return new Set(named.filter((name, at) => named.indexOf(name) !== at));
}

/** In the order of the topology, the first rows as long as the others or by one longer. */
function inRows(machines: MachineLayout[], mostInARow: number): MachineLayout[][] {
  const count = Math.max(1, Math.ceil(machines.length / mostInARow));
  const rows: MachineLayout[][] = [];
  for (let first = 0; rows.length < count; ) {
    const size = Math.ceil((machines.length - first) / (count - rows.length));
    rows.push(machines.slice(first, first + size));
    first += size;
  }
  return rows;
}

/** Stands among the machines, and nothing is plugged into it. */
function asCell(sessions: Box): MachineLayout {
  const machine = { key: 'sessions', name: '', kind: 'sessions' as const, via: undefined, ...sessions };
  return { machine, spaces: [], bars: [], chips: [], pods: [], pills: [], plugs: [] };
}

function placeOf(all: readonly MachineLayout[], kind: MachineLayout['machine']['kind']): Point {
  const { x = 0, y = 0 } = all.find(({ machine }) => machine.kind === kind)?.machine ?? {};
  return { x, y };
}

/** The internet is a cloud with one plug on top; what it looks like inside is no part of any lesson. */
function layoutCloud(node: LiveState['nodes'][number]): MachineLayout {
  const nics = node.namespaces.flatMap((n) => n.interfaces).filter((i) => i.name !== 'lo');
  return {
    machine: { key: node.name, name: node.name, kind: 'internet', via: undefined, x: 0, y: 0, ...CLOUD },
    spaces: [],
    bars: [],
    chips: [],
    pods: [],
    pills: [],
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

/** Where a cloud would stand straight below the machines of the last row that it shares a network with, or of any. */
function middleOf(groups: SegmentGroup[], cloud: MachineLayout, lastRow: number): number {
  const shared = groups.filter(({ rows }) => [...rows.values()].flat().some((plug) => cloud.plugs.includes(plug)));
  const others = (plugs: Plug[]) => plugs.filter((plug) => !cloud.plugs.includes(plug));
  const near = others(shared.flatMap(({ rows }) => rows.get(lastRow) ?? []));
  const found = near.length > 0 ? near : others(shared.flatMap(({ rows }) => [...rows.values()].flat()));
  const xs = found.map((p) => p.x + p.width / 2);
  return xs.length === 0 ? MARGIN + CLOUD.width / 2 : (Math.min(...xs) + Math.max(...xs)) / 2;
}

/** Where the lines of the last row's machines come down. Clouds have no place of their own yet. */
function plugXs(groups: readonly SegmentGroup[], row: number): number[] {
  const plugs = groups.flatMap(({ rows }) => rows.get(row) ?? []);
  return plugs.filter(({ height }) => height > 0).map(({ x, width }) => x + width / 2);
}

/** A line beside others, far enough to be told from them. */
function asideOf(taken: readonly number[], x: number): number {
  return taken.some((one) => Math.abs(one - x) < APART) ? asideOf(taken, x + APART / 2) : x;
}

function move(laid: MachineLayout, dx: number, dy: number): void {
  const { machine, spaces, bars, chips, pods, pills, plugs } = laid;
  for (const shape of [machine, ...spaces, ...bars, ...chips, ...pods, ...pills, ...plugs]) {
    shape.x += dx;
    shape.y += dy;
  }
}

/** One cable per pair of plugs, drawn once although both ends name it. */
function layoutCables(plugs: Plug[], floors: readonly number[]): CableShape[] {
  const byKey = new Map(plugs.map((p) => [p.key, p]));
  const cables: CableShape[] = [];
  const done = new Set<string>();
  for (const plug of plugs) {
    const peer = plug.nic.peer;
    const other = peer && byKey.get(nicKey(peer.node, peer.netns, peer.name));
    if (!other || done.has(plug.key) || other === plug) continue;
    done.add(other.key);
    const lowest = Math.max(plug.y, other.y);
    cables.push(cable(plug, other, floors.find((floor) => floor > lowest) ?? lowest));
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
