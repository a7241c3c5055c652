import { canonicalNetwork, covers, familyOf, sameAddress } from './addresses.ts';
import type { Runner } from './registry.ts';
import type { Parameters as ParametersOf } from './resolve.ts';
import { where } from './round.ts';
import { list } from './text.ts';
import { type NextHop, type Route, readRoutes } from './tool-json.ts';
import { unseen } from './unseen.ts';
import { met, notMet } from './verdicts.ts';

type Parameters = ParametersOf<'route'>;

export const checkRoute: Runner<'route'> = async (round, params) => {
  const table = tableOf(params);
  const to = params.to.value;
  const expected = `${wantedText(params)} ${where(params)}${table === 'main' ? '' : `, table ${table}`}`;
  const family = familyOf(to === 'default' ? (params.via?.value ?? '') : to);
  const read = await readRoutes(round, params, family);
  if (!read.ok) return unseen(expected, read);
  const wanted = destination(to);
  const same = read.data.filter((r) => destination(r.dst) === wanted);
  const hit = same.find((r) => r.table === table && fits(r, params));
  if (hit) return met(expected, routeText(hit));
  const here = same.filter((r) => r.table === table);
  const inTable = read.data.filter((r) => r.table === table && r.type !== 'multicast');
  if (here.length > 0) {
    const texts = here.map(routeText);
    return notMet(expected, `there is another: ${list(texts, '', 3)}`, texts[0]);
  }
  const other = same.find((r) => r.table !== table && r.table !== 'local');
  const near = other ?? coveringRoute(inTable, to);
  const known = inTable.filter((r) => r.dst !== 'fe80::/64').map((r) => r.dst);
  const none = to === 'default' ? 'no default route' : `no route to ${params.to.says}`;
  const observed = `${none} ${where(params)}; there are routes to: ${list(known, 'nothing')}`;
  return notMet(expected, observed, near && routeText(near) + (near.table === table ? '' : ` in table ${near.table}`));
};

/** Routes that the kernel makes for its own addresses are in table local. */
function tableOf(params: Parameters): string {
  return String(params.table ?? (params.type === 'local' ? 'local' : 'main'));
}

/** `0.0.0.0/0` and `::/0` are the default route by another name. */
function destination(to: string): string {
  const network = to === 'default' ? to : canonicalNetwork(to);
  return network === '0.0.0.0/0' || network === '::/0' ? 'default' : network;
}

function fits(route: Route, params: Parameters): boolean {
  if (params.type !== undefined && route.type !== params.type) return false;
  if (params.proto !== undefined && route.protocol !== params.proto) return false;
  return hopsOf(route).some(
    (hop) =>
      (params.via === undefined || sameAddress(gatewayOf(hop) ?? '', params.via.value)) &&
      (params.dev === undefined || hop.dev === params.dev) &&
      (params.onlink === undefined || hop.flags.includes('onlink') === params.onlink),
  );
}

const hopsOf = (route: Route): NextHop[] => (route.nexthops?.length ? route.nexthops : [route]);
const gatewayOf = (hop: NextHop): string | undefined => hop.gateway ?? hop.via?.host;

/** The most exact other route that packets to `to` take now. */
function coveringRoute(routes: readonly Route[], to: string): Route | undefined {
  if (to === 'default') return undefined;
  const bits = (r: Route) => Number(r.dst.split('/')[1] ?? 128);
  return routes.filter((r) => r.dst !== 'default' && covers(r.dst, to)).sort((a, b) => bits(b) - bits(a))[0];
}

/** As `ip route` writes it. */
function routeText(route: Route): string {
  const type = route.type === 'unicast' ? '' : `${route.type} `;
  const hops = hopsOf(route).map((hop) => {
    const gateway = gatewayOf(hop);
    return `${gateway ? ` via ${gateway}` : ''}${hop.dev ? ` dev ${hop.dev}` : ''}${hop.flags.includes('onlink') ? ' onlink' : ''}`;
  });
  const proto = route.protocol && route.protocol !== 'boot' ? ` proto ${route.protocol}` : '';
  return `${type}${route.dst}${hops.join(' and')}${proto}`;
}

function wantedText(params: Parameters): string {
  const { to, via, dev, proto, type, onlink } = params;
  const kind = type && type !== 'unicast' ? `${type} ` : '';
  const path = `${via ? ` via ${via.says}` : ''}${dev ? ` dev ${dev}` : ''}${onlink ? ' onlink' : ''}`;
  const name = to.value === 'default' ? `a ${kind}default route` : `a ${kind}route to ${to.says}`;
  return `${name}${path}${proto ? ` proto ${proto}` : ''}`;
}
