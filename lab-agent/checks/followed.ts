import { type CheckItem, type Expectation, followsKernel } from '../contract/checks/index.ts';
import type { Place } from '../contract/names.ts';
import type { Interest, KernelEvent } from './kernel-events.ts';
import { keyOf } from './round.ts';

/** What to listen to so that an item can be looked at again when it may have changed; nothing when no event would tell. */
export function interestsOf(item: CheckItem): Interest[] {
  if (!followsWholly(item)) return [];
  return parts(item).flatMap((part): Interest[] => {
    if (part.kind === 'namespace') return [{ node: part.params.node, by: 'names' }];
    const by = part.kind === 'iptables' ? 'nft' : 'ip';
    return placesOf(part).map(({ node, netns }) => ({ node, netns, by }));
  });
}

/** Whether an event may have changed what an item comes to. */
export function concerns(item: CheckItem, event: KernelEvent): boolean {
  return followsWholly(item) && parts(item).some((part) => partConcerns(part, event));
}

function partConcerns(part: Expectation, event: KernelEvent): boolean {
  const places = placesOf(part);
  if (event.change === 'namespaces') {
    if (part.kind === 'namespace') return part.params.node === event.node;
    return places.some((p) => p.node === event.node && p.netns !== undefined);
  }
  const kinds = {
    links: part.kind !== 'iptables' && part.kind !== 'namespace',
    neighbours: part.kind === 'neighbour',
    rules: part.kind === 'iptables',
  };
  return kinds[event.change] && places.some((p) => keyOf(p) === keyOf(event));
}

/** An item that also sends something is not run by events: its own traffic would be the next event. */
const followsWholly = (item: CheckItem): boolean => parts(item).every((part) => followsKernel(part.kind));

const parts = (item: CheckItem): Expectation[] => (item.baseline ? [item, item.baseline] : [item]);

function placesOf(part: Expectation): Place[] {
  const { node } = part.params;
  const own: Place = { node, netns: 'netns' in part.params ? part.params.netns : undefined };
  if (part.kind === 'link' && part.params.peer) return [own, { node, netns: part.params.peer.netns }];
  return [own];
}
