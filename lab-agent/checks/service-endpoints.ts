import * as z from 'zod';
import { readObjects } from './api-objects.ts';
import { fullName, readName, readNamed } from './cluster-names.ts';
import { podText, type Round } from './round.ts';
import { list } from './text.ts';
import type { Read } from './tool-json.ts';

const serviceShape = z.object({
  spec: z.object({
    clusterIP: z.string().optional(),
    ports: z.array(z.object({ name: z.string().default(''), port: z.int(), nodePort: z.int().optional() })).default([]),
  }),
});
/** An endpoint without a word about it counts as ready (discovery.k8s.io/v1). */
const sliceShape = z.object({
  endpoints: z
    .array(
      z.object({
        addresses: z.array(z.string()).min(1),
        conditions: z.object({ ready: z.boolean().nullish() }).default({}),
        targetRef: z.object({ name: z.string() }).optional(),
      }),
    )
    .nullish(),
  ports: z.array(z.object({ name: z.string().default(''), port: z.int().nullish() })).nullish(),
});

export type Endpoint = { address: string; port: number; name: string };
/** Where a service is asked, and who should answer. */
export type ServiceSeen = { address: string; port: number; nodePort: number | undefined; endpoints: Endpoint[] };

/** A service with its ready endpoints, of the port asked for or its first. */
export async function readService(
  round: Round,
  service: string,
  wanted: number | undefined,
): Promise<Read<ServiceSeen>> {
  const name = readName(`service/${service}`);
  const read = await readNamed(round, name, 'services', serviceShape);
  if (!read.ok) return read;
  const { clusterIP, ports } = read.data.spec;
  const port = wanted === undefined ? ports[0] : ports.find((p) => p.port === wanted);
  const text = `the service ${podText(fullName(name))}`;
  if (!port) {
    const observed = `${text} has no port ${wanted ?? ''}; it has: ${list(
      ports.map((p) => `${p.port}`),
      'none',
    )}`;
    return { ok: false, missing: true, observed };
  }
  const path = `/apis/discovery.k8s.io/v1/namespaces/${name.namespace}/endpointslices?labelSelector=kubernetes.io%2Fservice-name%3D${name.name}`;
  const slices = await readObjects(round, path, sliceShape);
  if (!slices.ok) return slices;
  const endpoints = slices.data.flatMap((slice) => {
    const to = slice.ports?.find((p) => p.name === port.name)?.port;
    const ready = (slice.endpoints ?? []).filter((e) => e.conditions.ready !== false);
    return to ? ready.map((e) => ({ address: e.addresses[0] as string, port: to, name: e.targetRef?.name ?? '' })) : [];
  });
  const address = clusterIP === undefined || clusterIP === 'None' ? '' : clusterIP;
  return { ok: true, data: { address, port: port.port, nodePort: port.nodePort, endpoints } };
}

export const endpointText = ({ name, address }: Endpoint): string => (name ? `${name} (${address})` : address);
