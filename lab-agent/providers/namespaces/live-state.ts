import * as z from 'zod';
import type { LiveInterface, LiveNamespace, LiveState } from '../../contract/lab.ts';
import type { Place } from '../../contract/names.ts';
import type { OpenPath } from '../../system/lab-files.ts';
import type { Looked } from '../provider.ts';

/** Reads what exists in a lab for the topology picture: namespaces, interfaces, addresses, and which plugs share a cable. */
export type LabView = {
  names(node: string): string[];
  /** Descriptors given become 3, 4, … in the program; /run/netns/3 there leads to the first, and so on. */
  look(place: Place, argv: readonly [string, ...string[]], fds: number[]): Promise<Looked>;
  open(place: Place): OpenPath;
};

/** The lab's /run/netns has names up to this descriptor (script.ts). */
const MAX_NAMED = 60;
const SEPARATOR = '\n---\n';

/** The parts of `ip -json -details link` and `ip -json address` that the picture shows; the former alone names namespaces. */
const ipLinks = z.array(
  z.object({
    ifindex: z.int(),
    ifname: z.string(),
    link_index: z.int().optional(),
    link_netnsid: z.int().optional(),
    link_netns: z.string().optional(),
    flags: z.array(z.string()),
    mtu: z.int(),
    link_type: z.string().optional(),
    address: z.string().optional(),
    master: z.string().optional(),
    linkinfo: z.object({ info_kind: z.string().optional() }).optional(),
  }),
);
const ipAddresses = z.array(
  z.object({
    ifindex: z.int().optional(),
    addr_info: z
      .array(z.object({ local: z.string().optional(), prefixlen: z.int().optional(), scope: z.string().optional() }))
      .default([]),
  }),
);
const ipRoutes = z.array(z.object({ gateway: z.string().optional() }));
type IpLink = z.infer<typeof ipLinks>[number] & { addresses: string[] };

type Seen = { place: Place; links: IpLink[]; defaultVia?: string | undefined; problem?: string | undefined };
export type LiveNode = { name: string; kind: 'machine' | 'internet'; networks: Record<string, string> };

export async function readLiveState(nodes: readonly LiveNode[], lab: LabView): Promise<LiveState> {
  const places = nodes.flatMap(({ name }) => [
    { node: name },
    ...lab.names(name).map((netns) => ({ node: name, netns })),
  ]);
  const opened = openAll(places.slice(0, MAX_NAMED), lab);
  try {
    const fds = opened.map(({ file }) => file.fd);
    const seen = await Promise.all(opened.map(({ place }) => see(place, fds, lab)));
    return {
      at: Date.now(),
      nodes: nodes.map(({ name, kind, networks }) => ({
        name,
        kind,
        namespaces: seen
          .filter(({ place }) => place.node === name)
          .map((one) => toNamespace(one, seen, one.place.netns ? {} : networks)),
      })),
    };
  } finally {
    for (const { file } of opened) file[Symbol.dispose]();
  }
}

function openAll(places: Place[], lab: LabView): { place: Place; file: OpenPath }[] {
  return places.flatMap((place) => {
    try {
      return [{ place, file: lab.open(place) }];
    } catch {
      return []; // gone since it was listed
    }
  });
}

async function see(place: Place, fds: number[], lab: LabView): Promise<Seen> {
  const script = 'ip -j -d link; echo ---; ip -j address; echo ---; ip -j route show default';
  const result = await lab.look(place, ['/bin/sh', '-c', script], fds);
  if (!result.ok) return { place, links: [], problem: result.why };
  const [links = '', addresses = '', routes = ''] = result.stdout.split(SEPARATOR);
  try {
    const found = ipAddresses.parse(JSON.parse(addresses));
    const of = (index: number) => found.find(({ ifindex }) => ifindex === index)?.addr_info ?? [];
    return {
      place,
      links: ipLinks.parse(JSON.parse(links)).map((link) => ({ ...link, addresses: of(link.ifindex).flatMap(asText) })),
      defaultVia: ipRoutes.parse(JSON.parse(routes || '[]'))[0]?.gateway,
    };
  } catch (error) {
    return { place, links: [], problem: result.stderr.trim() || (error as Error).message };
  }
}

/** Link-local addresses come by themselves and teach nothing on the picture. */
function asText(info: {
  local?: string | undefined;
  prefixlen?: number | undefined;
  scope?: string | undefined;
}): string[] {
  return info.local && info.scope !== 'link' ? [`${info.local}/${info.prefixlen}`] : [];
}

function toNamespace(seen: Seen, all: readonly Seen[], networks: Record<string, string>): LiveNamespace {
  const { place, links, defaultVia, problem } = seen;
  return {
    ...(place.netns ? { netns: place.netns } : {}),
    interfaces: links.map((link) => ({
      ...toInterface(link, place, all),
      ...(networks[link.ifname] ? { network: networks[link.ifname] } : {}),
    })),
    ...(defaultVia ? { defaultVia } : {}),
    ...(problem ? { problem } : {}),
  };
}

function toInterface(link: IpLink, place: Place, all: readonly Seen[]): LiveInterface {
  const peer = findPeer(link, place, all);
  return {
    name: link.ifname,
    index: link.ifindex,
    kind: link.linkinfo?.info_kind ?? (link.link_type === 'loopback' ? 'loopback' : (link.link_type ?? 'unknown')),
    up: link.flags.includes('UP'),
    carrier: link.flags.includes('LOWER_UP'),
    mtu: link.mtu,
    addresses: link.addresses,
    ...(link.address && link.link_type === 'ether' ? { mac: link.address } : {}),
    ...(link.master ? { master: link.master } : {}),
    ...(peer ? { peer } : {}),
  };
}

/** `ip` names the namespace of the other plug by its descriptor's number; without a name it is in this very namespace. */
function findPeer(link: IpLink, place: Place, all: readonly Seen[]): LiveInterface['peer'] {
  if (link.linkinfo?.info_kind !== 'veth' || link.link_index === undefined) return undefined;
  const at = link.link_netnsid === undefined ? all.find((s) => s.place === place) : all[Number(link.link_netns) - 3];
  const other = at?.links.find((l) => l.ifindex === link.link_index && l.linkinfo?.info_kind === 'veth');
  if (!at || !other) return undefined;
  return { node: at.place.node, ...(at.place.netns ? { netns: at.place.netns } : {}), name: other.ifname };
}
