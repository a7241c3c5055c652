// Knows how to look at each kind of check: one file per kind, each giving a verdict in plain words.
// Knows nothing of lessons, learners, schedules or how a lab is made: it sees labs through RunningLab alone.
import type { CheckKind } from '../contract/checks/index.ts';
import type { Verdict } from '../contract/verdict.ts';
import { checkAddress } from './address.ts';
import { checkBgp } from './bgp.ts';
import { checkBridgePort } from './bridge-port.ts';
import { checkCapture } from './capture.ts';
import { checkChain } from './chain.ts';
import { checkCommand } from './command.ts';
import { checkDns } from './dns.ts';
import { checkFile } from './file.ts';
import { checkHttp } from './http.ts';
import { checkIppool } from './ippool.ts';
import { checkIpset } from './ipset.ts';
import { checkIptables } from './iptables.ts';
import { checkLink } from './link.ts';
import { checkNamespace } from './namespace.ts';
import { checkNeighbour } from './neighbour.ts';
import { checkObject } from './object.ts';
import { checkPing } from './ping.ts';
import { checkProcess } from './process.ts';
import type { Parameters } from './resolve.ts';
import type { Round } from './round.ts';
import { checkRoute } from './route.ts';
import { checkService } from './service.ts';
import { checkSysctl } from './sysctl.ts';
import { checkTcp } from './tcp.ts';
import { checkTraffic } from './traffic.ts';

/** Looks at one expectation. Programs that it starts end by their own limits; `signal` ends what waits beside them. */
export type Runner<K extends CheckKind> = (
  round: Round,
  params: Parameters<K>,
  signal: AbortSignal,
) => Promise<Verdict>;

const runners: { [K in CheckKind]: Runner<K> } = {
  namespace: checkNamespace,
  link: checkLink,
  address: checkAddress,
  route: checkRoute,
  neighbour: checkNeighbour,
  'bridge-port': checkBridgePort,
  sysctl: checkSysctl,
  iptables: checkIptables,
  process: checkProcess,
  file: checkFile,
  ping: checkPing,
  tcp: checkTcp,
  http: checkHttp,
  dns: checkDns,
  command: checkCommand,
  capture: checkCapture,
  object: checkObject,
  ippool: checkIppool,
  bgp: checkBgp,
  ipset: checkIpset,
  chain: checkChain,
  traffic: checkTraffic,
  service: checkService,
};

/** Runs the runner of an expectation's kind, with its parameters resolved. */
export function look<K extends CheckKind>(
  round: Round,
  kind: K,
  params: Parameters<K>,
  signal: AbortSignal,
): Promise<Verdict> {
  return (runners[kind] as Runner<K>)(round, params, signal);
}
