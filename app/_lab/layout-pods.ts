import type { LiveInterface } from '../../lab-agent/contract/lab.ts';
import { chipOf, type Placed, type Row } from './layout-rows.ts';
import type { NodePod } from './pods-on-node.ts';
import { type Box, isWorthShowing, type PodShape, shortened, textWidth } from './topology-shapes.ts';

const GAP = 12;
const PAD = 10;
const NAME_HEIGHT = 23;
const NOTE_HEIGHT = 15;
/** Its interfaces stand at its lower edge, as a machine's do. */
const INSET = 5;
/** Between a pod and the plug of its cable on the machine. */
const CABLE = 20;
const MOST_CHARS = 17;
const DOT = 14;

export type PodRow = Row & { pods: PodShape[]; placed: Placed[] };

type OnMachine = {
  node: string;
  /** The machine's own interfaces. */
  nics: readonly LiveInterface[];
  perRow: number;
};

/** Pods beside each other, below each the machine's end of its cable; so many in a row, then another row. */
export function layoutPods(pods: readonly NodePod[], on: OnMachine): PodRow[] {
  const rows: PodRow[] = [];
  for (let first = 0; first < pods.length; first += on.perRow) {
    rows.push(layoutRow(pods.slice(first, first + on.perRow), on));
  }
  return rows;
}

/** The names of the machine's interfaces that cables of these pods lead to. A port of a bridge belongs to its bridge. */
export function hostEnds(pods: readonly NodePod[], nics: readonly LiveInterface[]): Set<string> {
  return new Set(pods.flatMap((pod) => endsOf(pod, nics)).map(({ name }) => name));
}

function endsOf({ space }: NodePod, nics: readonly LiveInterface[]): LiveInterface[] {
  if (!space) return [];
  const peers = space.interfaces.flatMap(({ peer }) => (peer && peer.netns === undefined ? [peer.name] : []));
  return nics.filter(({ name, master }) => master === undefined && peers.includes(name));
}

function layoutRow(pods: readonly NodePod[], on: OnMachine): PodRow {
  const row: PodRow = { pods: [], placed: [], shapes: [], width: 0, height: 0 };
  let x = 0;
  for (const pod of pods) {
    const column = layoutColumn(pod, on, x);
    row.pods.push(column.pod);
    row.placed.push(...column.inside, ...column.ends);
    x += column.width + GAP;
    row.height = Math.max(row.height, column.pod.height);
  }
  // Pods hang from one line, the ends of their cables from another.
  const ends = row.placed.filter(({ place }) => place === 'end').map(({ chip }) => chip);
  for (const end of ends) end.y = row.height + CABLE;
  row.height = Math.max(row.height, ...ends.map((end) => end.y + end.height));
  row.width = x - GAP;
  row.shapes = [...row.pods, ...row.placed.map(({ chip }) => chip)];
  return row;
}

function layoutColumn(pod: NodePod, { node, nics }: OnMachine, x: number) {
  const inside = side(
    (pod.space?.interfaces ?? []).filter(isWorthShowing).map((nic): Placed => {
      return { chip: chipOf(node, pod.space?.netns, nic), nic, place: 'space' };
    }),
  );
  const ends = side(
    endsOf(pod, nics).map((nic): Placed => {
      return { chip: chipOf(node, undefined, { ...nic, addresses: [] }), nic, place: 'end' };
    }),
  );
  const label = shortened(pod.label, MOST_CHARS);
  const note = pod.note ? NOTE_HEIGHT : 0;
  const tallest = Math.max(0, ...inside.placed.map(({ chip }) => chip.height));
  const wanted = Math.max(textWidth(label) + DOT + 2 * PAD, noteWidth(pod) + 2 * PAD, inside.width + 2 * INSET, 96);
  const width = Math.max(wanted, ends.width);
  const shape: PodShape = {
    key: `${node}/pod/${pod.name}`,
    name: pod.name,
    label,
    node,
    tone: pod.tone,
    note: pod.note,
    address: pod.address,
    hostNetwork: pod.hostNetwork,
    x: x + (width - wanted) / 2,
    y: 0,
    width: wanted,
    height: NAME_HEIGHT + note + (tallest > 0 ? tallest + INSET : 4),
  };
  shift(inside.placed, { x: x + (width - inside.width) / 2, y: NAME_HEIGHT + note });
  shift(ends.placed, { x: x + (width - ends.width) / 2, y: 0 });
  return { pod: shape, inside: inside.placed, ends: ends.placed, width };
}

/** The longest that the page says is known here, so that no language needs more. */
function noteWidth({ note }: NodePod): number {
  if (note === undefined) return 0;
  return textWidth(typeof note === 'object' ? note.phase : 'network of its node');
}

function side(placed: Placed[]): { placed: Placed[]; width: number } {
  let x = 0;
  for (const { chip } of placed) {
    chip.x = x;
    x += chip.width + 6;
  }
  return { placed, width: Math.max(0, x - 6) };
}

function shift(placed: readonly Placed[], by: Pick<Box, 'x' | 'y'>): void {
  for (const { chip } of placed) {
    chip.x += by.x;
    chip.y += by.y;
  }
}
