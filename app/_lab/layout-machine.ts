import type { LiveInterface, LivePod, LiveState } from '../../lab-agent/contract/lab.ts';
import { layoutBars } from './layout-bars.ts';
import { hostEnds, layoutPods } from './layout-pods.ts';
import { chipOf, chipRow, moveRow, type Placed, type Plug, type Row } from './layout-rows.ts';
import { layoutSpaces } from './layout-spaces.ts';
import { podSpaces, podsOnNode } from './pods-on-node.ts';
import {
  type BarShape,
  type ChipShape,
  isTunnel,
  isWorthShowing,
  type MachineShape,
  type PillShape,
  type PodShape,
  type SpaceShape,
  textWidth,
} from './topology-shapes.ts';

export type LiveNode = LiveState['nodes'][number];
export type MachineLayout = {
  machine: MachineShape;
  spaces: SpaceShape[];
  bars: BarShape[];
  chips: ChipShape[];
  pods: PodShape[];
  pills: PillShape[];
  plugs: Plug[];
};
export type MachineOptions = {
  /** All pods of the cluster. */
  pods: readonly LivePod[];
  podsInARow: number;
  /** Keys of the pills that were opened. */
  open: ReadonlySet<string>;
  /** Networks that lead somewhere on this picture; undefined when all are taken to do so. */
  shared?: ReadonlySet<string> | undefined;
};

const PAD = 14;
const GAP = 12;
const HEADER = 26;
/** Between namespaces and what they are plugged into: room for cables. */
const CABLE_ROOM = 46;
const MIN_WIDTH = 168;
/** More pods than these on one machine are counted, and shown at a click. */
const MOST_PODS = 6;
const PILL = { width: 132, height: 22 };
/** A tunnel's line goes down inside of the machine's left edge. */
const TUNNEL_X = 7;

/**
 * One machine with its left upper corner at 0,0: pods and namespaces above, bridges below them, then what is its alone, its
 * plugs into networks on the lower edge.
 */
export function layoutMachine(node: LiveNode, options: MachineOptions): MachineLayout {
  const own = node.namespaces.find((n) => n.netns === undefined);
  const nics = (own?.interfaces ?? []).filter(isWorthShowing);
  const { shown, all, pills } = choosePods(node, options);
  const podRows = layoutPods(shown, { node: node.name, nics, perRow: options.podsInARow });
  const ofPods = podSpaces(node);
  const named = node.namespaces.filter((n) => n.netns !== undefined && !ofPods.includes(n));
  const spaces = layoutSpaces(node.name, named);
  const above = [...podRows.flatMap(({ placed }) => placed), ...spaces.placed];
  const bridges = nics.filter(({ kind }) => kind === 'bridge');
  const bars = layoutBars(node.name, { bridges, nics, above });

  const ends = hostEnds(all, nics);
  const isPort = ({ master }: { master?: string | undefined }) => bridges.some(({ name }) => name === master);
  const free = nics.filter((nic) => nic.kind !== 'bridge' && !isPort(nic) && !ends.has(nic.name));
  const place = (nic: (typeof free)[number]): Placed => {
    const alone = leadsNowhere(nic, options.shared);
    return { chip: chipOf(node.name, undefined, nic), nic, place: alone ? 'alone' : 'edge' };
  };
  const chips = free.map(place);
  const alone = chips
    .filter((one) => one.place === 'alone')
    .sort((a, b) => Number(isTunnel(b.nic)) - Number(isTunnel(a.nic)));
  const edge = chips.filter((one) => one.place === 'edge');

  const rows: { row: Row; after: number }[] = [
    ...podRows.map((row, i) => ({ row, after: i === podRows.length - 1 && bridges.length > 0 ? CABLE_ROOM : GAP })),
    { row: spaces, after: CABLE_ROOM },
    { row: bars, after: edge.length > 0 ? CABLE_ROOM - 12 : PAD },
    { row: withPills(chipRow(alone, GAP), pills), after: GAP },
    { row: chipRow(edge, GAP), after: PAD },
  ].filter(({ row }) => row.shapes.length > 0);

  const title = textWidth(node.name) + (own?.defaultVia ? textWidth(own.defaultVia) + 60 : 0) + 2 * PAD + 24;
  const width = Math.max(MIN_WIDTH, title, ...rows.map(({ row }) => row.width + 2 * PAD));
  let y = HEADER + PAD;
  for (const { row, after } of rows) {
    // Each row stands in the middle of its machine.
    moveRow(row, (width - row.width) / 2, y);
    y += row.height + after;
  }
  const placed = [...above, ...bars.placed, ...alone, ...edge];
  const height = Math.max(rows.at(-1)?.after === GAP ? y + PAD - GAP : y, HEADER + PAD + 30);
  return {
    machine: { key: node.name, name: node.name, kind: node.kind, via: own?.defaultVia, x: 0, y: 0, width, height },
    spaces: spaces.spaces,
    bars: bars.bars,
    pods: podRows.flatMap(({ pods }) => pods),
    pills,
    chips: placed.map((p) => p.chip),
    plugs: placed.map(plugOf),
  };
}

/** A dummy, a tunnel, or the only plug of its network. */
function leadsNowhere({ network, peer, kind }: LiveInterface, shared: MachineOptions['shared']): boolean {
  if (peer) return false;
  return network === undefined ? kind !== 'veth' : shared !== undefined && !shared.has(network);
}

function choosePods(node: LiveNode, { pods, open }: MachineOptions) {
  const { own, system } = podsOnNode(node, pods);
  const pills: PillShape[] = [];
  const part = (what: PillShape['what'], some: typeof own, shownBefore: number) => {
    const key = `${node.name}/+${what}`;
    const count = some.length - shownBefore;
    if (count <= 0) return some;
    pills.push({ key, node: node.name, what, count, open: open.has(key), x: 0, y: 0, ...PILL });
    return open.has(key) ? some : some.slice(0, shownBefore);
  };
  const shown = [...part('more', own, MOST_PODS), ...part('system', system, 0)];
  // Those on their node's network last: they have nothing to be plugged in.
  shown.sort((a, b) => Number(a.hostNetwork) - Number(b.hostNetwork));
  return { shown, all: [...own, ...system], pills };
}

function withPills(row: Row, pills: PillShape[]): Row {
  let x = row.width > 0 ? row.width + GAP : 0;
  const height = Math.max(row.height, pills.length > 0 ? PILL.height : 0);
  for (const pill of pills) {
    pill.x = x;
    pill.y = (height - pill.height) / 2;
    x += pill.width + GAP;
  }
  return { shapes: [...row.shapes, ...pills], width: Math.max(row.width, x - GAP), height };
}

function plugOf({ chip, nic, place }: Placed): Plug {
  const { key, x, y, width, height } = chip;
  if (place !== 'alone') return { key, nic, place, x, y, width, height };
  return { key, nic, place, x: TUNNEL_X, y: y + height / 2, width: 0, height: 0, reach: x - TUNNEL_X };
}
