import type { MachineLayout, Plug } from './layout-machine.ts';
import { isUp, networkOf, type SegmentShape, shownAddresses, textWidth } from './topology-shapes.ts';

/** Between two segments below the same row. */
const SEGMENT_STEP = 34;
/** How far a segment reaches beyond its outermost plugs. */
const OVERHANG = 24;
/** Between the lines that join the parts of a network in different rows. */
const RISER_STEP = 16;

/** A network of the topology with everything that is plugged into it, by row. */
export type SegmentGroup = { network: string; label: string; rows: Map<number, Plug[]> };

/** Which networks join what. A plug whose other end is on the picture is a cable and no part of a segment. */
export function segmentGroups(rows: readonly (readonly MachineLayout[])[]): SegmentGroup[] {
  const groups = new Map<string, SegmentGroup>();
  for (const [row, machines] of rows.entries()) {
    for (const plug of machines.flatMap((m) => m.plugs)) {
      const { network, peer } = plug.nic;
      if (network === undefined || peer) continue;
      const group = groups.get(network) ?? { network, label: network, rows: new Map() };
      groups.set(network, group);
      group.rows.set(row, [...(group.rows.get(row) ?? []), plug]);
    }
  }
  for (const group of groups.values()) group.label = labelOf(group);
  return [...groups.values()];
}

/** Its name, and the network of addresses where those plugged in agree on one. */
function labelOf({ network, rows }: SegmentGroup): string {
  const plugs = [...rows.values()].flat();
  const networks = new Set(plugs.flatMap((p) => shownAddresses(p.nic).map(networkOf)).filter(Boolean));
  return networks.size === 1 ? `${network} ${[...networks][0]}` : network;
}

/** The networks that have a part below a row, in the order in which they are drawn there. */
export function groupsBelow(groups: readonly SegmentGroup[], row: number): SegmentGroup[] {
  return groups.filter((g) => g.rows.has(row));
}

/** How much height the segments below a row need. */
export function heightBelow(groups: readonly SegmentGroup[], row: number): number {
  const count = groupsBelow(groups, row).length;
  return count === 0 ? 0 : (count + 1) * SEGMENT_STEP;
}

/** How much width the lines need, left of everything, that join the parts of networks that lie in several rows. */
export function gutter(groups: readonly SegmentGroup[]): number {
  return groups.filter((g) => g.rows.size > 1).length * RISER_STEP;
}

/**
 * A segment is a line below each row that it has plugs in; its parts are joined by a line left of the machines.
 * @param floors where each row ends
 * @param left where the picture's machines begin
 */
export function layoutSegments(
  groups: readonly SegmentGroup[],
  floors: readonly number[],
  left: number,
): SegmentShape[] {
  let risers = 0;
  return groups.map((group) => {
    const riserX = group.rows.size > 1 ? left - OVERHANG / 2 - RISER_STEP * risers++ : undefined;
    const bars = [...group.rows].map(([row, plugs]) => {
      const y = (floors[row] ?? 0) + (groupsBelow(groups, row).indexOf(group) + 1) * SEGMENT_STEP - 4;
      const drops = plugs.map((plug) => {
        const x = plug.x + plug.width / 2;
        return { key: plug.key, x, from: plug.y > y ? plug.y : plug.y + plug.height, to: y, live: isUp(plug.nic) };
      });
      const xs = drops.map((d) => d.x);
      const from = riserX ?? Math.min(...xs) - OVERHANG;
      return { y, from, to: Math.max(...xs) + OVERHANG, drops };
    });
    const ys = bars.map((b) => b.y);
    return {
      key: group.network,
      label: group.label,
      bars,
      riser: riserX === undefined ? undefined : { x: riserX, from: Math.min(...ys), to: Math.max(...ys) },
    };
  });
}

/** How far to the right a segment reaches with its label, which stands behind its last part. */
export function rightEnd({ bars, label }: SegmentShape): number {
  return Math.max(...bars.map((b) => b.to), (bars.at(-1)?.to ?? 0) + 8 + textWidth(label));
}
