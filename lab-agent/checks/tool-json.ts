import * as z from 'zod';
import { parse } from '../contract/parse.ts';
import type { SeenPlace } from './resolve.ts';
import type { Round, Unseen } from './round.ts';
import { where } from './round.ts';
import { firstLine } from './text.ts';

export type Read<T> = { ok: true; data: T } | Unseen;

/** Runs a program that prints JSON about kernel state and checks its shape; what does not fit was not seen. */
export async function readJson<S extends z.ZodType>(
  round: Round,
  place: SeenPlace,
  argv: readonly [string, ...string[]],
  schema: S,
): Promise<Read<z.output<S>>> {
  const seen = await round.state(place, argv);
  if (!seen.ok) return seen;
  const source = `${argv.join(' ')} ${where(place)}`;
  try {
    // iproute2 prints nothing at all, not [], when a family or table has no entries.
    const value: unknown = seen.stdout.trim() === '' ? [] : JSON.parse(seen.stdout);
    return { ok: true, data: parse(schema, value, source) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { ok: false, missing: false, why: `${source} printed something unexpected: ${firstLine(message)}` };
  }
}

const address = z.object({
  family: z.string().optional(),
  local: z.string().optional(),
  prefixlen: z.number().optional(),
  scope: z.string().optional(),
});

const interfaceOf = z.object({
  ifindex: z.number(),
  ifname: z.string(),
  flags: z.array(z.string()).default([]),
  mtu: z.number().optional(),
  operstate: z.string().optional(),
  master: z.string().optional(),
  link: z.string().nullish(),
  linkinfo: z
    .object({
      info_kind: z.string().optional(),
      info_slave_data: z.object({ state: z.string().optional() }).optional(),
    })
    .optional(),
  addr_info: z.array(address).default([]),
});
export type Interface = z.output<typeof interfaceOf>;

/** Interfaces with their addresses, kinds, and bridge port states: one process for four kinds of checks. */
export function readInterfaces(round: Round, place: SeenPlace): Promise<Read<Interface[]>> {
  return readJson(round, place, ['ip', '-j', '-d', 'addr', 'show'], z.array(interfaceOf));
}

const nexthop = z.object({
  gateway: z.string().optional(),
  via: z.object({ host: z.string() }).optional(),
  dev: z.string().optional(),
  flags: z.array(z.string()).default([]),
});

const routeOf = nexthop.extend({
  type: z.string().default('unicast'),
  dst: z.string(),
  table: z.union([z.string(), z.number()]).transform(String).default('main'),
  protocol: z.union([z.string(), z.number()]).transform(String).optional(),
  nexthops: z.array(nexthop).optional(),
});
export type Route = z.output<typeof routeOf>;
export type NextHop = z.output<typeof nexthop>;

/** Every route of every table of one address family. */
export function readRoutes(round: Round, place: SeenPlace, family: 4 | 6): Promise<Read<Route[]>> {
  const argv = ['ip', `-${family}`, '-j', '-d', 'route', 'show', 'table', 'all'] as const;
  return readJson(round, place, argv, z.array(routeOf));
}

const neighbourOf = z.object({
  dst: z.string().optional(),
  dev: z.string().optional(),
  lladdr: z.string().optional(),
  state: z.array(z.string()).default([]),
});
export type Neighbour = z.output<typeof neighbourOf>;

/** The neighbour tables of both families, failed and static entries included. */
export function readNeighbours(round: Round, place: SeenPlace): Promise<Read<Neighbour[]>> {
  return readJson(round, place, ['ip', '-j', 'neigh', 'show', 'nud', 'all'], z.array(neighbourOf));
}
