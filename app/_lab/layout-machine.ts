import type { LiveInterface, LiveNamespace, LiveState } from '../../lab-agent/contract/lab.ts';
import {
  type BarShape,
  type Box,
  type ChipShape,
  chipSize,
  isUp,
  type MachineShape,
  nicKey,
  type SpaceShape,
  shownAddresses,
  textWidth,
} from './topology-shapes.ts';

export type LiveNode = LiveState['nodes'][number];
/** Where a cable may be plugged in. */
export type Plug = Box & { key: string; nic: LiveInterface; place: 'space' | 'bar' | 'edge' };
export type MachineLayout = {
  machine: MachineShape;
  spaces: SpaceShape[];
  bars: BarShape[];
  chips: ChipShape[];
  plugs: Plug[];
};

const PAD = 14;
const GAP = 12;
const HEADER = 26;
const SPACE_HEADER = 24;
/** Between namespaces and what they are plugged into: room for cables. */
const CABLE_ROOM = 46;
const MIN_WIDTH = 168;
/** Ports stand this deep in their bridge. */
const PORT_HEIGHT = 24;
const BAR_HEIGHT = 30;

type Placed = { chip: ChipShape; nic: LiveInterface; place: Plug['place'] };

/** One machine with its left upper corner at 0,0: namespaces above, bridges below them, its own interfaces on the lower edge. */
export function layoutMachine(node: LiveNode): MachineLayout {
  const own = node.namespaces.find((n) => n.netns === undefined);
  const named = node.namespaces.filter((n) => n.netns !== undefined);
  const nics = (own?.interfaces ?? []).filter((i) => i.kind !== 'loopback' && i.name !== 'lo');
  const bridges = nics.filter((i) => i.kind === 'bridge');
  const portsOf = (bridge: LiveInterface) => nics.filter((i) => i.master === bridge.name);
  const free = nics.filter((i) => i.kind !== 'bridge' && !bridges.some((b) => b.name === i.master));

  const placed: Placed[] = [];
  const spaces: SpaceShape[] = [];
  const bars: BarShape[] = [];
  let y = HEADER + PAD;

  if (named.length > 0) {
    let x = PAD;
    let tallest = 0;
    for (const namespace of named) {
      const box = layoutSpace(node.name, namespace, { x, y });
      spaces.push(box.space);
      placed.push(...box.chips);
      x += box.space.width + GAP;
      tallest = Math.max(tallest, box.space.height);
    }
    y += tallest + CABLE_ROOM;
  }

  if (bridges.length > 0) {
    let x = PAD;
    const order = plugOrder(placed);
    for (const bridge of bridges) {
      const ports = portsOf(bridge).sort((a, b) => order(a) - order(b) || a.index - b.index);
      const laid = layoutBar(node.name, bridge, ports, { x, y });
      bars.push(laid.bar);
      placed.push(...laid.ports);
      x += laid.bar.width + GAP;
    }
    y += PORT_HEIGHT + BAR_HEIGHT + (free.length > 0 ? CABLE_ROOM - 12 : PAD);
  }

  let x = PAD;
  for (const nic of free) {
    const chip = chipOf(node.name, undefined, nic, { x, y });
    placed.push({ chip, nic, place: 'edge' });
    x += chip.width + GAP;
  }
  if (free.length > 0) y += Math.max(...placed.filter((p) => p.place === 'edge').map((p) => p.chip.height));

  const right = Math.max(0, ...[...spaces, ...bars, ...placed.map((p) => p.chip)].map((b) => b.x + b.width));
  const title = textWidth(node.name) + (own?.defaultVia ? textWidth(own.defaultVia) + 60 : 0) + 2 * PAD + 24;
  const width = Math.max(MIN_WIDTH, right + PAD, title);
  center(spaces, bars, placed, width);
  const height = free.length > 0 ? y + PAD : Math.max(y, HEADER + PAD + 30);
  return {
    machine: { key: node.name, name: node.name, kind: node.kind, via: own?.defaultVia, x: 0, y: 0, width, height },
    spaces,
    bars,
    chips: placed.map((p) => p.chip),
    plugs: placed.map(({ chip, nic, place }) => ({ ...box(chip), key: chip.key, nic, place })),
  };
}

function layoutSpace(node: string, namespace: LiveNamespace, at: { x: number; y: number }) {
  const name = namespace.netns ?? '';
  const nics = namespace.interfaces.filter((i) => i.kind !== 'loopback' && i.name !== 'lo');
  const viaHeight = namespace.defaultVia ? 18 : 0;
  const chips: Placed[] = [];
  let x = at.x + 10;
  for (const nic of nics) {
    const chip = chipOf(node, name, nic, { x, y: at.y + SPACE_HEADER + viaHeight });
    chips.push({ chip, nic, place: 'space' });
    x += chip.width + 8;
  }
  const inside = Math.max(26, ...chips.map((c) => c.chip.height));
  // Plugs hang on the lower edge whatever their height, so that cables leave from one line.
  for (const { chip } of chips) chip.y += inside - chip.height;
  const texts = Math.max(
    textWidth(name) + 20,
    namespace.defaultVia ? textWidth(`default via ${namespace.defaultVia}`) + 20 : 0,
  );
  const space: SpaceShape = {
    key: `${node}/${name}`,
    name,
    via: namespace.defaultVia,
    problem: namespace.problem,
    empty: nics.length === 0,
    ...at,
    width: Math.max(124, texts, chips.length > 0 ? x - 8 + 10 - at.x : 0),
    height: SPACE_HEADER + viaHeight + inside + 10,
  };
  const shift = (space.width - (chips.length > 0 ? x - 8 + 10 - at.x : 0)) / 2;
  if (chips.length > 0) for (const { chip } of chips) chip.x += shift;
  return { space, chips };
}

function layoutBar(node: string, bridge: LiveInterface, nics: LiveInterface[], at: { x: number; y: number }) {
  const lines = shownAddresses(bridge);
  const ports: Placed[] = [];
  let x = at.x + 12;
  for (const nic of nics) {
    const width = chipSize(nic.name, []).width;
    const chip: ChipShape = {
      ...chipOf(node, undefined, nic, { x, y: at.y }),
      lines: [],
      width,
      height: PORT_HEIGHT,
    };
    ports.push({ chip, nic, place: 'bar' });
    x += width + 10;
  }
  const label = textWidth(bridge.name) + lines.reduce((sum, l) => sum + textWidth(l) + 12, 0) + 40;
  const bar: BarShape = {
    key: nicKey(node, undefined, bridge.name),
    name: bridge.name,
    up: bridge.up,
    lines,
    x: at.x,
    y: at.y + PORT_HEIGHT,
    width: Math.max(140, label, x + 2 - at.x),
    height: BAR_HEIGHT,
  };
  return { bar, ports };
}

function chipOf(node: string, netns: string | undefined, nic: LiveInterface, at: { x: number; y: number }): ChipShape {
  const lines = shownAddresses(nic);
  const key = nicKey(node, netns, nic.name);
  return { key, name: nic.name, up: isUp(nic), kind: nic.kind, lines, ...at, ...chipSize(nic.name, lines) };
}

/** Ports in the order of what they are cabled to, so that cables do not cross. */
function plugOrder(placed: readonly Placed[]): (nic: LiveInterface) => number {
  return (nic) => {
    const peer = nic.peer;
    if (!peer) return Number.MAX_SAFE_INTEGER;
    const key = nicKey(peer.node, peer.netns, peer.name);
    return placed.find((p) => p.chip.key === key)?.chip.x ?? Number.MAX_SAFE_INTEGER;
  };
}

/** Each row stands in the middle of its machine. */
function center(spaces: SpaceShape[], bars: BarShape[], placed: Placed[], width: number): void {
  const of = (place: Plug['place']) => placed.filter((p) => p.place === place).map((p) => p.chip);
  for (const row of [[spaces, of('space')], [bars, of('bar')], [of('edge')]]) {
    const all = row.flat();
    if (all.length === 0) continue;
    const left = Math.min(...all.map((b) => b.x));
    const right = Math.max(...all.map((b) => b.x + b.width));
    const shift = (width - (right - left)) / 2 - left;
    for (const b of all) b.x += shift;
  }
}

function box({ x, y, width, height }: Box): Box {
  return { x, y, width, height };
}
