import { findInterface } from './interfaces.ts';
import type { Runner } from './registry.ts';
import { where } from './round.ts';
import { list } from './text.ts';
import { unseen } from './unseen.ts';
import { met, notMet } from './verdicts.ts';

export const checkBridgePort: Runner<'bridge-port'> = async (round, params) => {
  const { bridge, port, state } = params;
  const expected = `${port} is a port of bridge ${bridge} ${where(params)}${state ? `, ${state}` : ''}`;
  const found = await findInterface(round, params, bridge);
  if (!found.ok) return unseen(expected, found);
  const kind = found.data.dev.linkinfo?.info_kind;
  if (kind !== 'bridge') return notMet(expected, `${bridge} is of kind ${kind ?? 'unknown'}, not a bridge`);
  const plug = await findInterface(round, params, port);
  if (!plug.ok) return unseen(expected, plug);
  const { dev, all } = plug.data;
  if (dev.master !== bridge) {
    const ports = all.filter((i) => i.master === bridge).map((i) => i.ifname);
    const observed = `${port} is a port of ${dev.master ?? 'no bridge'}; ${bridge} has ports: ${list(ports, 'none')}`;
    return notMet(expected, observed, dev.master && `${port} on ${dev.master}`);
  }
  const now = dev.linkinfo?.info_slave_data?.state ?? 'unknown';
  const observed = `${port} is a port of ${bridge}, ${now}`;
  return state !== undefined && state !== now ? notMet(expected, observed) : met(expected, observed);
};
