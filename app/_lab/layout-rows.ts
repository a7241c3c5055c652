import type { LiveInterface } from '../../lab-agent/contract/lab.ts';
import { type Box, type ChipShape, chipSize, isUp, nicKey, shownAddresses } from './topology-shapes.ts';

/** Where a cable may be plugged in, and what stands there. `reach` as of a SegmentDrop. */
export type Plug = Box & {
  key: string;
  nic: LiveInterface;
  place: 'space' | 'bar' | 'end' | 'edge' | 'alone';
  reach?: number;
};
export type Placed = { chip: ChipShape; nic: LiveInterface; place: Plug['place'] };

/** Things beside each other in a machine, with their left upper corner at 0,0 until the row gets its place. */
export type Row = { shapes: Box[]; width: number; height: number };

/** Chips beside each other. */
export function chipRow(placed: readonly Placed[], gap: number): Row {
  let x = 0;
  for (const { chip } of placed) {
    chip.x = x;
    x += chip.width + gap;
  }
  const shapes = placed.map(({ chip }) => chip);
  return { shapes, width: Math.max(0, x - gap), height: Math.max(0, ...shapes.map(({ height }) => height)) };
}

export function moveRow({ shapes }: Row, dx: number, dy: number): void {
  for (const shape of shapes) {
    shape.x += dx;
    shape.y += dy;
  }
}

export function chipOf(node: string, netns: string | undefined, nic: LiveInterface): ChipShape {
  const lines = shownAddresses(nic);
  const key = nicKey(node, netns, nic.name);
  return { key, name: nic.name, up: isUp(nic), kind: nic.kind, lines, x: 0, y: 0, ...chipSize(nic.name, lines) };
}
