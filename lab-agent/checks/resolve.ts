import type { CheckKind, CheckParameters, Expectation } from '../contract/checks/index.ts';
import type { PlaceAsWritten } from '../contract/checks/places.ts';
import type { CaptureCause } from '../contract/checks/traffic.ts';
import type { Place } from '../contract/names.ts';
import { addressOf, type Named, placeOf } from './cluster-names.ts';
import type { Round, Unseen } from './round.ts';

/** A place as runners get it: a node always, and the pod's name for sentences when it was named by it. */
export type SeenPlace = Place & {
  pod?: string | undefined;
  /** Why there is nothing to look at: a pod or a name does not exist (yet). `Round` answers with it to every look. */
  unseen?: Unseen | undefined;
};

/** Parameters that are addresses, or the names of what has them. */
const ADDRESSES = ['to', 'via', 'from', 'server', 'answer', 'peer', 'entry', 'url'] as const;
type AddressKey = (typeof ADDRESSES)[number];
type PlaceKey = 'node' | 'netns' | 'pod';

type ResolvedValue<K, V> = K extends AddressKey
  ? V extends string
    ? Named
    : V
  : K extends 'traffic'
    ? ResolvedCause | Extract<V, undefined>
    : V;
type ResolvedPlace<P> = P extends { node?: string | undefined } ? SeenPlace : unknown;
/** Parameters with places and names resolved. */
type Resolved<P> = { [K in keyof P as K extends PlaceKey ? never : K]: ResolvedValue<K, P[K]> } & ResolvedPlace<P>;
export type ResolvedCause = {
  [K in keyof CaptureCause]: Exclude<CaptureCause[K], undefined> extends infer P ? Resolved<P> | undefined : never;
};

/** Kinds whose runners resolve names themselves: theirs are places too. */
type OwnNames = 'traffic' | 'service';
const OWN_NAMES: ReadonlySet<CheckKind> = new Set<OwnNames>(['traffic', 'service']);

/** What the runner of kind K gets. */
export type Parameters<K extends CheckKind> = K extends OwnNames ? CheckParameters<K> : Resolved<CheckParameters<K>>;

/** Finds the places and addresses behind the names that an expectation has. */
export async function resolve(round: Round, { kind, params }: Expectation): Promise<Parameters<CheckKind>> {
  if (OWN_NAMES.has(kind)) return params as Parameters<CheckKind>;
  return (await resolveAny(round, params)) as Parameters<CheckKind>;
}

async function resolveAny(round: Round, params: object): Promise<SeenPlace> {
  const written = params as Record<string, unknown> & PlaceAsWritten;
  // Kinds that look at the cluster as a whole have no place and no addresses.
  if (written.node === undefined && written.pod === undefined) return params as SeenPlace;
  const place: SeenPlace =
    written.pod === undefined ? { node: written.node ?? '', netns: written.netns } : await placeOf(round, written.pod);
  const resolved: Record<string, unknown> = { ...written, ...place };
  let unseen = place.unseen;
  for (const key of ADDRESSES) {
    const value = written[key];
    if (typeof value !== 'string') continue;
    const found = await addressOf(round, value);
    resolved[key] = found.named;
    unseen ??= found.unseen;
  }
  for (const [kind, cause] of Object.entries((written.traffic as CaptureCause | undefined) ?? {})) {
    if (!cause) continue;
    const inner = await resolveAny(round, cause);
    resolved.traffic = { ...(resolved.traffic as object), [kind]: inner };
    unseen ??= inner.unseen;
  }
  return { ...(resolved as SeenPlace), unseen };
}
