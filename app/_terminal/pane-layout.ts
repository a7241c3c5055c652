/** Which terminals are in view, in what order, and how they lie beside each other. Pure. */
export type PaneLayout = {
  shown: readonly string[];
  focused: string | undefined;
  direction: 'row' | 'column';
};

export const MAX_PANES = 4;
export const emptyLayout: PaneLayout = { shown: [], focused: undefined, direction: 'row' };

/** What a terminal that has just been asked for will do once it is there. */
export type Arrival = { split: PaneLayout['direction'] | undefined };

/** Fits the layout to the terminals that exist: the closed are taken out, something is always in view. */
export function reconcile(layout: PaneLayout, ids: readonly string[], arrived?: string, arrival?: Arrival): PaneLayout {
  const shown = layout.shown.filter((id) => ids.includes(id));
  const focused = layout.focused && shown.includes(layout.focused) ? layout.focused : shown[0];
  let next: PaneLayout = { ...layout, shown, focused };
  if (arrived && arrival?.split) next = split(next, arrived, arrival.split);
  else if (arrived && arrival) next = show(next, arrived);
  const first = ids[0];
  if (next.shown.length === 0 && first !== undefined) next = show(next, first);
  return same(next, layout) ? layout : next;
}

/** Brings a terminal into view: where it is already, else in place of the focused one. */
export function show(layout: PaneLayout, id: string): PaneLayout {
  if (layout.shown.includes(id)) return { ...layout, focused: id };
  const at = layout.focused === undefined ? -1 : layout.shown.indexOf(layout.focused);
  const shown = at < 0 ? [...layout.shown, id] : layout.shown.with(at, id);
  return { ...layout, shown, focused: id };
}

/** Puts a terminal beside the focused one; with all panes taken it takes the focused one's place. */
export function split(layout: PaneLayout, id: string, direction: PaneLayout['direction']): PaneLayout {
  if (layout.shown.includes(id)) return { ...layout, direction, focused: id };
  if (layout.shown.length >= MAX_PANES) return { ...show(layout, id), direction };
  const at = layout.focused === undefined ? -1 : layout.shown.indexOf(layout.focused);
  return { shown: layout.shown.toSpliced(at + 1, 0, id), focused: id, direction };
}

/** Takes a terminal out of view; its tab and shell stay. */
export function unsplit(layout: PaneLayout, id: string): PaneLayout {
  if (layout.shown.length < 2) return layout;
  const shown = layout.shown.filter((s) => s !== id);
  return { ...layout, shown, focused: layout.focused === id ? shown[0] : layout.focused };
}

function same(a: PaneLayout, b: PaneLayout): boolean {
  return a.focused === b.focused && a.direction === b.direction && a.shown.join() === b.shown.join();
}
