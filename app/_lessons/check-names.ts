import { isClusterName, namedHost } from '../../lab-agent/contract/names.ts';
import type { Position } from '../../lab-agent/contract/parse.ts';
import type { Topology } from '../../lab-agent/contract/topology.ts';
import type { Problems } from './problems.ts';
import { didYouMean } from './suggest.ts';
import type { YamlSource } from './yaml-source.ts';

/**
 * What a check names in the lab, and where it does: a node of the topology, a node by its address in the cluster, or something
 * that only a cluster has (a pod, a service, a kind that looks into one).
 */
export type CheckName = {
  of: 'topology' | 'address' | 'cluster';
  name: string;
  path: string;
  position: Position | undefined;
};

/** Kinds that look into a cluster, whatever they name. */
const CLUSTER_KINDS = ['object', 'ippool', 'service'];
/** Parameters that say where something starts, in kinds that know no `node`. */
const PLACE_WORDS = ['traffic.from', 'service.from', 'baseline.from'];

export function* namesIn(yaml: YamlSource, value: unknown, path: PropertyKey[]): Generator<CheckName> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    const here = [...path, Array.isArray(value) ? Number(key) : key];
    const found = (of: CheckName['of'], name: string): CheckName => {
      return { of, name, path: here.join('.'), position: yaml.locate(here) };
    };
    if (CLUSTER_KINDS.includes(key) && isItem(path)) yield found('cluster', key);
    if (typeof inner !== 'string') yield* namesIn(yaml, inner, here);
    else if (key === 'node' || key === 'nodePort') yield found('topology', inner);
    else if (key === 'pod') yield found('cluster', `pod ${inner}`);
    else {
      const name = namedHost(inner)?.name ?? inner;
      if (!isClusterName(name)) continue;
      const node = /^node\/(.+)/.exec(name)?.[1];
      const isPlace = PLACE_WORDS.includes(here.slice(-2).join('.'));
      yield node === undefined ? found('cluster', name) : found(isPlace ? 'topology' : 'address', node);
    }
  }
}

/** Where a kind stands: in an item of its own, of a list, or in a baseline. */
function isItem(path: readonly PropertyKey[]): boolean {
  const last = path.at(-1);
  return last === undefined || typeof last === 'number' || last === 'baseline';
}

/** Holds what a check names against the topology of its lesson. */
export function lintCheckNames(
  check: string,
  names: readonly CheckName[],
  topology: Topology,
  problems: Problems,
): void {
  const { cluster } = topology;
  const inCluster = cluster ? [cluster.controlPlane, ...cluster.workers] : [];
  for (const { of, name, path, position } of names) {
    const known = of === 'topology' ? Object.keys(topology.nodes) : inCluster;
    if (of === 'cluster' ? cluster !== undefined : known.includes(name)) continue;
    problems.add(position, `check ${check}: ${path}`, problemText(of, name, known));
  }
}

function problemText(of: CheckName['of'], name: string, known: readonly string[]): string {
  if (of === 'topology') return `the topology has no node "${name}"; ${didYouMean(name, known)}`;
  if (of === 'address' && known.length > 0) return `the cluster has no node "${name}"; ${didYouMean(name, known)}`;
  return `"${of === 'address' ? `node/${name}` : name}" needs a cluster, and the lesson's topology has no \`cluster:\``;
}
