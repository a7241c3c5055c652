import type { LiveState } from '../../lab-agent/contract/lab.ts';
import { type LayoutOptions, layoutTopology } from './layout-topology.ts';
import type { TopologyLayout } from './topology-shapes.ts';

/** The picture never grows beyond this many times its natural size: a lab of one machine should not shout. */
export const LARGEST_SCALE = 1.25;
/** Below this its labels cannot be read: it scrolls instead. */
export const SMALLEST_SCALE = 0.7;

export type Place = { width: number; height: number };
/** `larger`: there is more of it than the place shows at once. */
export type Fitted = { layout: TopologyLayout; scale: number; larger: boolean };

/**
 * The layout for a place, and how large it is shown there. As few rows as leave it readable as a whole; where none does, it
 * takes the width that there is and scrolls down, unless the whole is wanted however small. `height: Infinity` is a place
 * that grows with its picture.
 */
export function fitTopology(
  state: LiveState,
  place: Place,
  { whole, ...options }: Omit<LayoutOptions, 'mostInARow'> & { whole?: boolean } = {},
): Fitted {
  const cells = state.nodes.filter(({ kind }) => kind === 'machine').length + 1;
  const layouts = Array.from({ length: cells }, (_, i) => layoutTopology(state, { ...options, mostInARow: cells - i }));
  const acrossAndDown = ({ width, height }: TopologyLayout) =>
    Math.min(place.width / width, place.height / height, LARGEST_SCALE);
  const across = ({ width }: TopologyLayout) => place.width / width;
  if (Number.isFinite(place.height)) {
    const largest = layouts.reduce((best, one) => (acrossAndDown(one) > acrossAndDown(best) + 0.01 ? one : best));
    const scale = acrossAndDown(largest);
    if (whole || scale >= SMALLEST_SCALE) return { layout: largest, scale, larger: false };
  }
  const layout = layouts.find((one) => across(one) >= SMALLEST_SCALE) ?? (layouts.at(-1) as TopologyLayout);
  const most = Number.isFinite(place.height) ? 1 : LARGEST_SCALE;
  const scale = Math.min(most, Math.max(SMALLEST_SCALE, across(layout)));
  return { layout, scale, larger: layout.height * scale > place.height + 1 };
}
