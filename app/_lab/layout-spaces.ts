import type { LiveNamespace } from '../../lab-agent/contract/lab.ts';
import { chipOf, chipRow, moveRow, type Placed, type Row } from './layout-rows.ts';
import { isWorthShowing, type SpaceShape, shortened, textWidth } from './topology-shapes.ts';

const GAP = 12;
const HEADER = 24;
const PAD = 10;
const VIA_HEIGHT = 18;
const MOST_CHARS = 24;

/** Named namespaces beside each other, each with its interfaces on its lower edge. */
export function layoutSpaces(
  node: string,
  namespaces: readonly LiveNamespace[],
): Row & { spaces: SpaceShape[]; placed: Placed[] } {
  const spaces: SpaceShape[] = [];
  const placed: Placed[] = [];
  let x = 0;
  for (const namespace of namespaces) {
    const one = layoutSpace(node, namespace, x);
    spaces.push(one.space);
    placed.push(...one.placed);
    x += one.space.width + GAP;
  }
  return {
    spaces,
    placed,
    shapes: [...spaces, ...placed.map(({ chip }) => chip)],
    width: Math.max(0, x - GAP),
    height: Math.max(0, ...spaces.map(({ height }) => height)),
  };
}

function layoutSpace(node: string, namespace: LiveNamespace, x: number) {
  const { defaultVia: via, problem, netns = '' } = namespace;
  const nics = namespace.interfaces.filter(isWorthShowing);
  const placed = nics.map((nic): Placed => ({ chip: chipOf(node, netns, nic), nic, place: 'space' }));
  const row = chipRow(placed, 8);
  const top = HEADER + (via ? VIA_HEIGHT : 0);
  const inside = Math.max(26, row.height);
  const name = shortened(netns, MOST_CHARS);
  const texts = Math.max(textWidth(name), via ? textWidth(`default via ${via}`) : 0);
  const width = Math.max(124, texts + 2 * PAD, row.width + 2 * PAD);
  // Plugs hang on the lower edge whatever their height, so that cables leave from one line.
  for (const { chip } of placed) chip.y += inside - chip.height;
  moveRow(row, x + (width - row.width) / 2, top);
  const key = `${node}/${netns}`;
  const empty = nics.length === 0;
  const space: SpaceShape = { key, name, via, problem, empty, x, y: 0, width, height: top + inside + PAD };
  return { space, placed };
}
