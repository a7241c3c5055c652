import type { LiveInterface } from '../../lab-agent/contract/lab.ts';
import { chipOf, type Placed, type Row } from './layout-rows.ts';
import { type BarShape, type ChipShape, chipSize, nicKey, shownAddresses, textWidth } from './topology-shapes.ts';

const GAP = 12;
/** Ports stand this deep in their bridge. */
const PORT_HEIGHT = 24;
const BAR_HEIGHT = 30;

type Bridges = {
  bridges: readonly LiveInterface[];
  /** All interfaces of the machine, ports among them. */
  nics: readonly LiveInterface[];
  /** What stands above, which ports are cabled to. */
  above: readonly Placed[];
};

/** The bridges of a machine beside each other, with their ports. */
export function layoutBars(
  node: string,
  { bridges, nics, above }: Bridges,
): Row & { bars: BarShape[]; placed: Placed[] } {
  const bars: BarShape[] = [];
  const placed: Placed[] = [];
  const order = plugOrder(above);
  let x = 0;
  for (const bridge of bridges) {
    const ports = nics.filter(({ master }) => master === bridge.name);
    const sorted = ports.sort((a, b) => order(a) - order(b) || a.index - b.index);
    const laid = layoutBar(node, { bridge, ports: sorted, x });
    bars.push(laid.bar);
    placed.push(...laid.placed);
    x += laid.bar.width + GAP;
  }
  return {
    bars,
    placed,
    shapes: [...bars, ...placed.map(({ chip }) => chip)],
    width: Math.max(0, x - GAP),
    height: bars.length > 0 ? PORT_HEIGHT + BAR_HEIGHT : 0,
  };
}

function layoutBar(node: string, laid: { bridge: LiveInterface; ports: LiveInterface[]; x: number }) {
  const { bridge, ports } = laid;
  const lines = shownAddresses(bridge);
  let x = laid.x + 12;
  const placed = ports.map((nic): Placed => {
    const { width } = chipSize(nic.name, []);
    const chip: ChipShape = { ...chipOf(node, undefined, nic), x, lines: [], width, height: PORT_HEIGHT };
    x += width + 10;
    return { chip, nic, place: 'bar' };
  });
  const label = textWidth(bridge.name) + lines.reduce((sum, l) => sum + textWidth(l) + 12, 0) + 40;
  const bar: BarShape = {
    key: nicKey(node, undefined, bridge.name),
    name: bridge.name,
    up: bridge.up,
    lines,
    x: laid.x,
    y: PORT_HEIGHT,
    width: Math.max(140, label, x + 2 - laid.x),
    height: BAR_HEIGHT,
  };
  return { bar, placed };
}

/** Ports in the order of what they are cabled to, so that cables do not cross. */
function plugOrder(placed: readonly Placed[]): (nic: LiveInterface) => number {
  return ({ peer }) => {
    if (!peer) return Number.MAX_SAFE_INTEGER;
    const key = nicKey(peer.node, peer.netns, peer.name);
    const at = placed.findIndex(({ chip }) => chip.key === key);
    return at < 0 ? Number.MAX_SAFE_INTEGER : at;
  };
}
