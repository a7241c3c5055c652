import { type CheckItem, type Expectation, followedBy } from '../contract/checks/index.ts';
import type { PlaceAsWritten } from '../contract/checks/places.ts';
import { readApiPath, resources } from '../contract/checks/resources.ts';
import { fullName, namesIn } from './cluster-names.ts';
import { type Interest, type KernelEvent, PODS } from './kernel-events.ts';
import type { MonitorTool } from './monitor.ts';
import { keyOf } from './round.ts';

const SERVICES = '/api/v1/services';
const SLICES = '/apis/discovery.k8s.io/v1/endpointslices';
const POOLS = '/apis/crd.projectcalico.org/v1/ippools';
/** What changes the sets and rules that calico-node writes. */
const POLICIES = [
  '/apis/networking.k8s.io/v1/networkpolicies',
  '/apis/crd.projectcalico.org/v1/networkpolicies',
  '/apis/crd.projectcalico.org/v1/globalnetworkpolicies',
];

/** What to listen to so that an item can be looked at again when it may have changed; nothing when no event would tell. */
export function interestsOf(item: CheckItem): Interest[] {
  const api = parts(item)
    .flatMap(collectionsOf)
    .map(({ path }): Interest => ({ by: 'api', path }));
  return followsWholly(item) ? [...api, ...parts(item).flatMap(kernelInterestsOf)] : api;
}

function kernelInterestsOf(part: Expectation): Interest[] {
  if (part.kind === 'namespace') return [{ node: part.params.node, by: 'names' }];
  const by: MonitorTool = RULES.has(part.kind) ? 'nft' : 'ip';
  return placesOf(part).map((place): Interest => ('pod' in place ? { ...place, by } : { ...place, by }));
}

/** Whether an event may have changed what an item comes to. */
export function concerns(item: CheckItem, event: KernelEvent): boolean {
  if (event.change === 'api') {
    const { path, name } = event;
    return parts(item)
      .flatMap(collectionsOf)
      .some((c) => c.path === path && (c.name === undefined || name === undefined || c.name === name));
  }
  return followsWholly(item) && parts(item).some((part) => partConcerns(part, event));
}

/** Looks at what the nodes make of the API's change in their own time: so it is looked at a little later. */
export const lagsBehindApi = (item: CheckItem): boolean =>
  !followsWholly(item) || parts(item).some((part) => followedBy(part.kind) === 'kernel');

function partConcerns(part: Expectation, event: Exclude<KernelEvent, { change: 'api' }>): boolean {
  const places = placesOf(part);
  if (event.change === 'namespaces') {
    if (part.kind === 'namespace') return part.params.node === event.node;
    return places.some((p) => 'node' in p && p.node === event.node && p.netns !== undefined);
  }
  const kinds = {
    links: !RULES.has(part.kind) && part.kind !== 'namespace',
    neighbours: part.kind === 'neighbour',
    rules: RULES.has(part.kind),
  };
  return (
    kinds[event.change] && places.some((p) => ('pod' in p ? event.pods.includes(p.pod) : keyOf(p) === keyOf(event)))
  );
}

const RULES: ReadonlySet<Expectation['kind']> = new Set(['iptables', 'chain', 'ipset']);

/** An item that also sends something is not run by the kernel's events: its own traffic would be the next event. */
export const followsWholly = (item: CheckItem): boolean =>
  parts(item).every((part) => followedBy(part.kind) !== undefined);

const parts = (item: CheckItem): Expectation[] => (item.baseline ? [item, item.baseline] : [item]);

type Watched = { node: string; netns?: string | undefined } | { pod: string };

function placesOf(part: Expectation): Watched[] {
  const params = part.params as PlaceAsWritten;
  const { node, netns, pod } = params;
  const own: Watched[] = pod !== undefined ? [{ pod }] : node !== undefined ? [{ node, netns }] : [];
  if (part.kind !== 'link' || !part.params.peer) return own;
  const { peer } = part.params;
  if (peer.pod !== undefined) return [...own, { pod: peer.pod }];
  return node === undefined ? own : [...own, { node, netns: peer.netns }];
}

type Collection = { path: string; name?: string | undefined };

/** The collections of the API that a part rests on: what it looks at, and what it names. */
function collectionsOf(part: Expectation): Collection[] {
  const named = namesIn(part.params).flatMap((name): Collection[] => {
    if (name.kind === 'node') return [];
    return [{ path: name.kind === 'pod' ? PODS : SERVICES, name: fullName(name) }];
  });
  return [...named, ...ownCollections(part)];
}

function ownCollections({ kind, params }: Expectation): Collection[] {
  switch (kind) {
    case 'object':
      return [collectionOf(params)];
    case 'ippool':
      return [{ path: POOLS, name: params.name }];
    case 'service':
      return [{ path: SERVICES, name: params.name }, { path: SLICES }];
    case 'traffic':
      return POLICIES.map((path) => ({ path }));
    case 'ipset':
      return [PODS, ...POLICIES].map((path) => ({ path }));
    default:
      return [];
  }
}

/** The collection, of all namespaces, that an object is in. */
function collectionOf({
  path,
  resource,
  namespace,
  name,
}: {
  path?: string | undefined;
  resource?: string | undefined;
  namespace?: string | undefined;
  name?: string | undefined;
}): Collection {
  const written = path === undefined ? undefined : readApiPath(path);
  if (written) {
    const { base, ...rest } = written;
    return {
      path: `${base}/${rest.resource}`,
      name: rest.name && (rest.namespace ? `${rest.namespace}/${rest.name}` : rest.name),
    };
  }
  const known = resources.get(resource ?? '');
  const full = name !== undefined && known?.namespaced ? `${namespace ?? 'default'}/${name}` : name;
  return { path: `${known?.base}/${resource}`, name: full };
}
