import * as z from 'zod';
import { isClusterName, namedHost } from '../contract/names.ts';
import { readObject, readObjects } from './api-objects.ts';
import type { SeenPlace } from './resolve.ts';
import { nearestName, podText, type Round, type Unseen } from './round.ts';
import { instead, list } from './text.ts';
import type { Read } from './tool-json.ts';

/** An address or URL as programs take it, and as sentences say it: `pod/pod2 (172.16.184.3)`. Without one, `value` is empty. */
export type Named = { value: string; says: string };
type Found = { named: Named; unseen?: Unseen };

export type ClusterName = { kind: 'pod' | 'node' | 'service'; namespace: string; name: string };

/** `pod/pod2`, `pod/shop/web`, `node/k8s-w1`, taken apart. */
export function readName(text: string): ClusterName {
  const [kind = '', ...rest] = text.split('/');
  const [name = '', namespace = 'default'] = rest.reverse();
  return { kind: kind as ClusterName['kind'], namespace, name };
}

/** NAMESPACE/NAME of something, as the API's events name it. */
export const fullName = ({ namespace, name }: ClusterName): string => `${namespace}/${name}`;

/** Everything of the cluster that parameters name, those within them too. */
export function namesIn(params: object): ClusterName[] {
  return Object.entries(params).flatMap(([key, value]): ClusterName[] => {
    if (typeof value === 'object' && value !== null) return namesIn(value);
    if (typeof value !== 'string') return [];
    if (key === 'pod') return [readName(`pod/${value}`)];
    const name = namedHost(value)?.name ?? value;
    return isClusterName(name) ? [readName(name)] : [];
  });
}

const podShape = z.object({
  status: z
    .object({
      phase: z.string().default('Pending'),
      podIP: z.string().optional(),
      containerStatuses: z
        .array(
          z.object({ state: z.object({ waiting: z.object({ reason: z.string().optional() }).optional() }).optional() }),
        )
        .default([]),
    })
    .default({ phase: 'Pending', containerStatuses: [] }),
});
const serviceShape = z.object({ spec: z.object({ clusterIP: z.string().optional() }) });
const metadataShape = z.object({ metadata: z.object({ name: z.string() }) });

/** Where a pod is. One that is not there, or not yet, is the learner's affair. */
export async function placeOf(round: Round, pod: string): Promise<SeenPlace> {
  const nowhere = (unseen: Unseen): SeenPlace => ({ node: '', pod, unseen });
  const { cluster } = round.lab;
  if (!cluster) return nowhere(NO_CLUSTER);
  const found = await round.once(`place ${pod}`, () => cluster.placeOf(pod));
  if (found.ok) return { ...found.place, pod };
  if (!found.missing)
    return nowhere({ ok: false, missing: false, why: `the pod ${podText(pod)} could not be found: ${found.why}` });
  const seen = await readPod(round, readName(`pod/${pod}`));
  return nowhere(seen.ok ? absent(`the pod ${podText(pod)} has no network namespace: ${found.why}`) : seen);
}

/** The address that a name has now; an address is its own. */
export async function addressOf(round: Round, text: string): Promise<Found> {
  const host = namedHost(text);
  if (host) {
    const { named, unseen } = await addressOf(round, host.name);
    const says = named.value ? `${text} (${named.value})` : text;
    return {
      named: { value: named.value && host.before + named.value + host.after, says },
      ...(unseen ? { unseen } : {}),
    };
  }
  if (!isClusterName(text)) return { named: { value: text, says: text } };
  const read = await lookUp(round, readName(text));
  if (read.ok) return { named: { value: read.data, says: `${text} (${read.data})` } };
  return { named: { value: '', says: text }, unseen: read };
}

async function lookUp(round: Round, name: ClusterName): Promise<Read<string>> {
  const { cluster } = round.lab;
  if (!cluster) return NO_CLUSTER;
  if (name.kind === 'node') {
    const node = cluster.nodes.find((n) => n.name === name.name);
    const why = `there is no node ${name.name} in this cluster: ${list(
      cluster.nodes.map((n) => n.name),
      'none',
      12,
    )}`;
    return node ? { ok: true, data: node.address } : { ok: false, missing: false, why };
  }
  return name.kind === 'pod' ? readPod(round, name) : readServiceAddress(round, name);
}

/** A pod's address; what keeps it from having one otherwise. */
async function readPod(round: Round, name: ClusterName): Promise<Read<string>> {
  const read = await readNamed(round, name, 'pods', podShape);
  if (!read.ok) return read;
  const { phase, podIP, containerStatuses } = read.data.status;
  if (podIP) return { ok: true, data: podIP };
  const waits = containerStatuses.find((c) => c.state?.waiting)?.state?.waiting?.reason;
  return absent(`the pod ${podText(fullName(name))} has no address yet: it is ${phase}${waits ? ` (${waits})` : ''}`);
}

async function readServiceAddress(round: Round, name: ClusterName): Promise<Read<string>> {
  const read = await readNamed(round, name, 'services', serviceShape);
  if (!read.ok) return read;
  const { clusterIP } = read.data.spec;
  if (clusterIP && clusterIP !== 'None') return { ok: true, data: clusterIP };
  return absent(`the service ${podText(fullName(name))} has no address of its own: it is headless`);
}

/** One object by name; when it is not there, those of its namespace are told. */
export async function readNamed<S extends z.ZodType>(
  round: Round,
  { kind, namespace, name }: ClusterName,
  resource: string,
  shape: S,
): Promise<Read<z.output<S>>> {
  const all = `/api/v1/namespaces/${namespace}/${resource}`;
  const read = await readObject(round, `${all}/${name}`, shape);
  if (!read.ok || read.data !== undefined) return read as Read<z.output<S>>;
  const others = await readObjects(round, all, metadataShape);
  const names = others.ok ? others.data.map((o) => o.metadata.name) : [];
  const near = nearestName(name, names);
  const unseen = absent(`there is no ${kind} ${name} in the namespace ${namespace}${instead(names)}`);
  return near ? { ...unseen, nearest: `${kind}/${namespace === 'default' ? '' : `${namespace}/`}${near}` } : unseen;
}

const absent = (observed: string): Extract<Unseen, { missing: true }> => ({ ok: false, missing: true, observed });
const NO_CLUSTER: Unseen = { ok: false, missing: false, why: 'this lab has no cluster' };
