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
/** A picture with more cannot be read, and a lab must not be able to make it larger than a message may be. */
const MAX_INTERFACES = 100;
const MAX_ADDRESSES = 16;
const SEPARATOR = '---\n';
const FIRST_DESCRIPTOR = 3;

/** The part of `ip -json -details address` that the picture shows. */
const ipLinks = z.array(
  z.object({
    ifindex: z.int(),
    ifname: z.string(),
    link_index: z.int().optional(),
    /** The other plug's name, where it is in the same namespace; then there is no index. */
    link: z.string().nullish(),
    link_netnsid: z.int().optional(),
    flags: z.array(z.string()),
    mtu: z.int(),
    link_type: z.string().optional(),
    address: z.string().optional(),
    master: z.string().optional(),
    linkinfo: z.object({ info_kind: z.string().optional() }).optional(),
    addr_info: z.array(
      z.object({ local: z.string().optional(), prefixlen: z.int().optional(), scope: z.string().optional() }),
    ),
  }),
);
type IpLink = z.infer<typeof ipLinks>[number];
const ipRoutes = z.array(z.object({ gateway: z.string().optional() }));
/** `ip -json netns list-id`: a namespace's number here, and the name by which our descriptors know it. */
const ipNetnsIds = z.array(z.object({ nsid: z.int(), name: z.string().optional() }));

type Seen = {
  place: Place;
  links: IpLink[];
  /** Which of the opened namespaces a number of this namespace stands for. */
  byId: ReadonlyMap<number, number>;
  defaultVia?: string | undefined;
  problem?: string | undefined;
};
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
  const script = 'ip -j -d address; echo ---; ip -j route show default; echo ---; ip -j netns list-id 2>/dev/null';
  const result = await lab.look(place, ['/bin/sh', '-c', script], fds);
  const nothing = { place, links: [], byId: new Map() };
  if (!result.ok) return { ...nothing, problem: result.why };
  const [links = '', routes, ids] = result.stdout.split(SEPARATOR);
  try {
    const named = ipNetnsIds.parse(JSON.parse(ids?.trim() || '[]'));
    return {
      place,
      links: ipLinks.parse(JSON.parse(links)),
      byId: new Map(named.map(({ nsid, name }) => [nsid, Number(name) - FIRST_DESCRIPTOR])),
      defaultVia: ipRoutes.parse(JSON.parse(routes?.trim() || '[]'))[0]?.gateway,
    };
  } catch (error) {
    return { ...nothing, problem: result.stderr.trim() || (error as Error).message };
  }
}

function toNamespace(seen: Seen, all: readonly Seen[], networks: Record<string, string>): LiveNamespace {
  const { place, links, defaultVia, problem } = seen;
  const left = links.length - MAX_INTERFACES;
  const more = problem?.slice(0, 500) ?? (left > 0 ? `${left} more interfaces are not shown` : undefined);
  return {
    ...(place.netns ? { netns: place.netns } : {}),
    interfaces: links.slice(0, MAX_INTERFACES).map((link) => ({
      ...toInterface(link, seen, all),
      ...(networks[link.ifname] ? { network: networks[link.ifname] } : {}),
    })),
    ...(defaultVia ? { defaultVia } : {}),
    ...(more ? { problem: more } : {}),
  };
}

function toInterface(link: IpLink, seen: Seen, all: readonly Seen[]): LiveInterface {
  const peer = findPeer(link, seen, all);
  return {
    name: link.ifname,
    index: link.ifindex,
    kind: link.linkinfo?.info_kind ?? (link.link_type === 'loopback' ? 'loopback' : (link.link_type ?? 'unknown')),
    up: link.flags.includes('UP'),
    carrier: link.flags.includes('LOWER_UP'),
    mtu: link.mtu,
    // Link-local addresses come by themselves and teach nothing on the picture.
    addresses: link.addr_info
      .filter((a) => a.local && a.scope !== 'link')
      .slice(0, MAX_ADDRESSES)
      .map((a) => `${a.local}/${a.prefixlen}`),
    ...(link.address && link.link_type === 'ether' ? { mac: link.address } : {}),
    ...(link.master ? { master: link.master } : {}),
    ...(peer ? { peer } : {}),
  };
}

function findPeer(link: IpLink, seen: Seen, all: readonly Seen[]): LiveInterface['peer'] {
  if (link.linkinfo?.info_kind !== 'veth') return undefined;
  const at = link.link_netnsid === undefined ? seen : all[seen.byId.get(link.link_netnsid) ?? -1];
  const other = at?.links.find((l) => (link.link ? l.ifname === link.link : l.ifindex === link.link_index));
  if (!at || other?.linkinfo?.info_kind !== 'veth') return undefined;
  return { node: at.place.node, ...(at.place.netns ? { netns: at.place.netns } : {}), name: other.ifname };
}
