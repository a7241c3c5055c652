import { addressOf, type ClusterName, type Named, placeOf, readName } from './cluster-names.ts';
import type { SeenPlace } from './resolve.ts';
import type { Round } from './round.ts';

/** The place that one word names: `pod/pod1` or `node/k8s-m`. */
export async function placeNamed(round: Round, text: string): Promise<SeenPlace> {
  const name: ClusterName = readName(text);
  if (name.kind === 'pod') return placeOf(round, `${name.namespace}/${name.name}`);
  if (round.hasNode(name.name)) return { node: name.name };
  return { node: '', unseen: { ok: false, missing: false, why: `there is no node ${name.name} in this lab` } };
}

/** The address that a name has, for a look from a place; when either is not there the place says so. */
export async function towards(round: Round, from: SeenPlace, to: string): Promise<{ from: SeenPlace; to: Named }> {
  const { named, unseen } = await addressOf(round, to);
  return { from: from.unseen || !unseen ? from : { ...from, unseen }, to: named };
}
