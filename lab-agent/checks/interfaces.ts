import type { SeenPlace } from './resolve.ts';
import { nearestName, type Round, where } from './round.ts';
import { list } from './text.ts';
import { type Interface, type Read, readInterfaces } from './tool-json.ts';

/** Each is one more process; a lesson's node has fewer. */
const MOST_ELSEWHERE = 6;

type Found = { dev: Interface; all: Interface[] };

/** One interface of a place with all the others there; when it is not there, where a learner may have put it instead. */
export async function findInterface(round: Round, place: SeenPlace, name: string): Promise<Read<Found>> {
  const read = await readInterfaces(round, place);
  if (!read.ok) return read;
  const dev = read.data.find((i) => i.ifname === name);
  if (dev) return { ok: true, data: { dev, all: read.data } };
  const near = await elsewhere(round, place, name, read.data);
  const others = read.data.filter((i) => i.ifname !== 'lo').map((i) => i.ifname);
  const observed = `there is no interface ${name} ${where(place)}: ${list(others, 'only lo')}`;
  return { ok: false, missing: true, observed, ...(near ? { nearest: near } : {}) };
}

/** The same name in another namespace of the node is the usual slip; then a similar name here. */
async function elsewhere(round: Round, place: SeenPlace, name: string, here: Interface[]): Promise<string | undefined> {
  // A learner's slip does not lead into a pod, and every pod has an eth0.
  const names = (await round.netnsOf(place.node)).filter((netns) => !netns.startsWith('cni-'));
  const places = [undefined, ...names.slice(0, MOST_ELSEWHERE)].filter((netns) => netns !== place.netns);
  const reads = await Promise.all(
    places.map(async (netns) => ({ netns, read: await readInterfaces(round, { node: place.node, netns }) })),
  );
  const hit = reads.find(({ read }) => read.ok && read.data.some((i) => i.ifname === name));
  if (hit) return `${name} is ${where({ node: place.node, netns: hit.netns })}`;
  const near = nearestName(
    name,
    here.map((i) => i.ifname).filter((other) => other !== 'lo'),
  );
  return near ? `${near} ${where(place)}` : undefined;
}

export function isUp(dev: Interface): boolean {
  return dev.flags.includes('UP');
}

/** Every address with its prefix length, as `ip addr` writes it: `11.11.11.2/24`. */
export function addressesOf(dev: Interface): string[] {
  return dev.addr_info.flatMap((a) =>
    a.local !== undefined && a.prefixlen !== undefined ? [`${a.local}/${a.prefixlen}`] : [],
  );
}
