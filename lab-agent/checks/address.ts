import { canonicalAddress, sameAddress } from './addresses.ts';
import { addressesOf, findInterface } from './interfaces.ts';
import type { Runner } from './registry.ts';
import { where } from './round.ts';
import { list } from './text.ts';
import type { Interface } from './tool-json.ts';
import { unseen } from './unseen.ts';
import { met, notMet } from './verdicts.ts';

export const checkAddress: Runner<'address'> = async (round, params) => {
  const expected = `${params.dev} ${where(params)} has ${params.is}`;
  const found = await findInterface(round, params, params.dev);
  if (!found.ok) return unseen(expected, found);
  const { dev, all } = found.data;
  const at = `${params.dev} ${where(params)}`;
  const has = addressesOf(dev);
  const wanted = canonical(params.is);
  if (has.some((a) => canonical(a) === wanted)) return met(expected, `${at} has ${params.is}`);
  // A link-local address comes by itself with `up`; naming it would hide that the learner's own is missing.
  const own = has.filter((a) => !a.startsWith('fe80:') || params.is.startsWith('fe80:'));
  return notMet(expected, `${at} has ${list(own, 'no address')}`, nearest(params.is, dev, all));
};

/** The same address with another prefix length, or on another interface of the place. */
function nearest(wanted: string, dev: Interface, all: readonly Interface[]): string | undefined {
  for (const candidate of [dev, ...all.filter((i) => i !== dev)]) {
    const hit = addressesOf(candidate).find((a) => sameAddress(host(a), host(wanted)));
    if (hit) return `${hit} on ${candidate.ifname}`;
  }
  return undefined;
}

const host = (cidr: string): string => cidr.split('/')[0] as string;
const canonical = (cidr: string): string => `${canonicalAddress(host(cidr))}/${cidr.split('/')[1]}`;
