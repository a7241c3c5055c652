import ipaddr from 'ipaddr.js';
import type { Place } from '../contract/names.ts';
import { keyOf, type Round } from './round.ts';

const MAX_BYTES = 64 * 1024;

/**
 * The first resolver that programs in a place would ask. Its file belongs to the lab, so it is read by the lab's rules;
 * a named namespace may have its own below /etc/netns (ip-netns(8)).
 */
export async function resolverOf(
  round: Round,
  place: Place,
): Promise<{ server: string } | { none: string } | { why: string }> {
  const own = place.netns === undefined ? [] : [`/etc/netns/${place.netns}/resolv.conf`];
  for (const path of [...own, '/etc/resolv.conf']) {
    const read = await round.lab.readFile(place.node, path, MAX_BYTES);
    if (!read.ok && !read.missing) return { why: read.why };
    if (!read.ok) continue;
    const server = [...read.text.matchAll(/^[ \t]*nameserver[ \t]+(\S+)/gm)].map((m) => m[1] as string).find(isAddress);
    return server ? { server } : { none: `${path} names no resolver` };
  }
  return { none: `there is no /etc/resolv.conf on ${keyOf(place)}` };
}

/** The address that /etc/hosts of a node gives a name, if any. */
export async function hostsEntry(round: Round, node: string, name: string): Promise<string | undefined> {
  const read = await round.lab.readFile(node, '/etc/hosts', MAX_BYTES);
  if (!read.ok) return undefined;
  for (const line of read.text.split('\n')) {
    const [address, ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (address && isAddress(address) && names.some((n) => n.toLowerCase() === name.toLowerCase())) return address;
  }
  return undefined;
}

const isAddress = (text: string): boolean => ipaddr.isValid(text);
