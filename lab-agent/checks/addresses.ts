import ipaddr from 'ipaddr.js';

/** The one spelling of an address, so that two spellings of the same one are equal; other text stays as it is. */
export function canonicalAddress(text: string): string {
  return ipaddr.isValid(text) ? ipaddr.parse(text).toString() : text.toLowerCase();
}

export function sameAddress(a: string, b: string): boolean {
  return canonicalAddress(a) === canonicalAddress(b);
}

/** The network of `11.11.11.2/24`, as routes name it: host bits cleared, and no prefix length when it is one host. */
export function canonicalNetwork(text: string): string {
  const [host, length] = text.split('/') as [string, string | undefined];
  if (!ipaddr.isValid(host)) return text;
  const address = ipaddr.parse(host);
  const bits = address.kind() === 'ipv4' ? 32 : 128;
  const prefix = length === undefined ? bits : Number(length);
  if (!Number.isInteger(prefix) || prefix < 0 || prefix > bits) return text;
  const bytes = address
    .toByteArray()
    .map((byte, i) => byte & (0xff00 >> Math.min(8, Math.max(0, prefix - i * 8))) & 0xff);
  const network = ipaddr.fromByteArray(bytes).toString();
  return prefix === bits ? network : `${network}/${prefix}`;
}

export function familyOf(text: string): 4 | 6 {
  return text.includes(':') ? 6 : 4;
}

/** True when `network` (in CIDR form, or one host) covers `target`. */
export function covers(network: string, target: string): boolean {
  try {
    const [range, bits] = cidrOf(network);
    const [inner, innerBits] = cidrOf(target);
    return range.kind() === inner.kind() && bits <= innerBits && inner.match(range, bits);
  } catch {
    return false;
  }
}

function cidrOf(text: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  if (text.includes('/')) return ipaddr.parseCIDR(text);
  const address = ipaddr.parse(text);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}
