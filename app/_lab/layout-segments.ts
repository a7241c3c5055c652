import type { MachineLayout } from './layout-machine.ts';
import type { Plug } from './layout-rows.ts';
import { isTunnel, isUp, networkOf, type SegmentShape, shownAddresses, textWidth } from './topology-shapes.ts';

/** Between two segments below the same row. */
const SEGMENT_STEP = 28;
/** How far a segment reaches beyond its outermost plugs. */
const OVERHANG = 24;
/** Between the lines that join the parts of a network in different rows. */
const RISER_STEP = 16;

/** A picture this wide is narrow enough for every place. */
const ROOMY = 340;

/** A network of the topology with everything that is plugged into it, by row. */
export type SegmentGroup = { network: string; label: string; tunnel: boolean; rows: Map<number, Plug[]> };

/**
 * Which networks join what, those made of cables and then those that tunnels make of them. A plug whose other end is on
 * the picture is a cable and no part of a segment.
 */
export function segmentGroups(rows: readonly (readonly MachineLayout[])[]): SegmentGroup[] {
  const groups = new Map<string, SegmentGroup>();
  for (const [row, machines] of rows.entries()) {
    for (const plug of machines.flatMap((m) => m.plugs)) {
      const { network, peer } = plug.nic;
      const tunnel = plug.place === 'alone' && isTunnel(plug.nic);
      if (!tunnel && (network === undefined || peer || plug.place === 'alone')) continue;
      const name = tunnel ? `tunnel ${plug.nic.name}` : (network ?? '');
      const group = groups.get(name) ?? { network: name, label: name, tunnel, rows: new Map() };
      groups.set(name, group);
      group.rows.set(row, [...(group.rows.get(row) ?? []), plug]);
    }
  }
  // A tunnel that no other machine has leads nowhere on this picture.
  const all = [...groups.values()].filter(({ tunnel, rows }) => !tunnel || [...rows.values()].flat().length > 1);
  for (const group of all) group.label = group.tunnel ? tunnelLabel(group) : labelOf(group);
  return all.sort((a, b) => Number(a.tunnel) - Number(b.tunnel));
}

/** How its packets travel in those of the network below. */
function tunnelLabel({ rows }: SegmentGroup): string {
  const nic = [...rows.values()].flat()[0]?.nic;
  const by = nic?.name === 'tunl0' ? 'IPIP' : nic?.kind.toUpperCase();
  return `${nic?.name} ${by}`;
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
 * @param machines where the picture's machines begin and end
 */
export function layoutSegments(
  groups: readonly SegmentGroup[],
  floors: readonly number[],
  { left, right }: { left: number; right: number },
): SegmentShape[] {
  let risers = 0;
  return groups.map((group) => {
    const riserX = group.rows.size > 1 ? left - OVERHANG / 2 - RISER_STEP * risers++ : undefined;
    const bars = [...group.rows].map(([row, plugs]) => {
      const y = (floors[row] ?? 0) + (groupsBelow(groups, row).indexOf(group) + 1) * SEGMENT_STEP - 4;
      const drops = plugs.map((plug) => {
        const x = plug.x + plug.width / 2;
        const from = plug.y > y ? plug.y : plug.y + plug.height;
        return { key: plug.key, x, from, to: y, live: isUp(plug.nic), reach: plug.reach ?? 0 };
      });
      const xs = drops.map((d) => d.x);
      // A tunnel's plugs are at the edges of machines already.
      const from = riserX ?? Math.min(...xs) - (group.tunnel ? OVERHANG / 2 : OVERHANG);
      return { y, from, to: Math.max(...xs) + OVERHANG, drops };
    });
    const ys = bars.map((b) => b.y);
    const end = bars.at(-1) ?? { to: left, y: 0 };
    // Behind the end of its last part, or below it where that would make the picture wider.
    const behind = end.to + 8 + textWidth(group.label) <= Math.max(right, left + ROOMY);
    return {
      key: group.network,
      label: group.label,
      labelAt: behind
        ? { x: end.to + 8, y: end.y + 4, anchor: 'start' }
        : { x: Math.max(end.to, left + textWidth(group.label)), y: end.y + 14, anchor: 'end' },
      tunnel: group.tunnel,
      bars,
      riser: riserX === undefined ? undefined : { x: riserX, from: Math.min(...ys), to: Math.max(...ys) },
    };
  });
}

/** How far to the right a segment reaches with its label. */
export function rightEnd({ bars, label, labelAt }: SegmentShape): number {
  return Math.max(...bars.map((b) => b.to), labelAt.x + (labelAt.anchor === 'start' ? textWidth(label) : 0));
}
