import ipaddr from 'ipaddr.js';
import { InvalidInput, type Locate, type Problem } from '../../lab-agent/contract/parse.ts';
import { type Topology, topologySchema } from '../../lab-agent/contract/topology.ts';
import { didYouMean } from './suggest.ts';
import { parseYaml, readYaml } from './yaml-source.ts';

/**
 * Reads a topology file and looks whether its names fit each other, at their lines. The agent resolves it again and
 * trusts nothing of this.
 * @throws InvalidInput with every problem
 */
export function readTopology(text: string, file: string): Topology {
  const yaml = readYaml(text, file);
  const topology = parseYaml(topologySchema, yaml);
  const problems = [
    ...unknownNetworks(topology),
    ...crowdedLinks(topology),
    ...doubleAddresses(topology),
    ...lostRoutes(topology),
  ];
  if (problems.length > 0) {
    throw new InvalidInput(
      file,
      problems.map(({ path, message }) => at(yaml.locate, path, message)),
    );
  }
  return topology;
}

type Found = { path: PropertyKey[]; message: string };

function at(locate: Locate, path: PropertyKey[], message: string): Problem {
  const position = locate(path);
  return { path: path.map(String).join('.'), message, ...(position ? { position } : {}) };
}

type Plug = { node: string; dev: string; network: string; address: string[]; path: PropertyKey[] };

function plugs({ nodes }: Topology): Plug[] {
  return Object.entries(nodes).flatMap(([node, { interfaces }]) =>
    Object.entries(interfaces).map(([dev, { network, address }]) => {
      return { node, dev, network, address, path: ['nodes', node, 'interfaces', dev] };
    }),
  );
}

function unknownNetworks(topology: Topology): Found[] {
  const known = Object.keys(topology.networks);
  return plugs(topology)
    .filter(({ network }) => !known.includes(network))
    .map(({ network, path }) => {
      return { path: [...path, 'network'], message: `there is no network "${network}"; ${didYouMean(network, known)}` };
    });
}

function crowdedLinks(topology: Topology): Found[] {
  return Object.entries(topology.networks).flatMap(([name, { kind }]) => {
    const on = plugs(topology).filter(({ network }) => network === name);
    if (kind !== 'link' || on.length === 2) return [];
    const who = on.map(({ node, dev }) => `${node}.${dev}`).join(', ') || 'none';
    return [{ path: ['networks', name], message: `a link joins exactly two interfaces, found ${on.length}: ${who}` }];
  });
}

function doubleAddresses(topology: Topology): Found[] {
  const owners = new Map<string, Plug>();
  return plugs(topology).flatMap((plug) =>
    plug.address.flatMap((cidr) => {
      const key = `${plug.network} ${ipaddr.parse(cidr.split('/')[0] as string)}`;
      const owner = owners.get(key);
      owners.set(key, owner ?? plug);
      if (!owner) return [];
      return [
        {
          path: [...plug.path, 'address'],
          message: `${owner.node}.${owner.dev} has ${cidr.split('/')[0]} already on network ${plug.network}`,
        },
      ];
    }),
  );
}

function lostRoutes(topology: Topology): Found[] {
  return Object.entries(topology.nodes).flatMap(([node, { interfaces, routes }]) =>
    routes.flatMap(({ via, dev }, index) => {
      const path = ['nodes', node, 'routes', index];
      const devices = Object.keys(interfaces);
      if (dev && !devices.includes(dev) && dev !== 'lo') {
        return [{ path: [...path, 'dev'], message: `${node} has no interface "${dev}"; ${didYouMean(dev, devices)}` }];
      }
      if (!via && !dev) return [{ path, message: 'a route needs `via`, `dev` or both' }];
      const own = Object.entries(interfaces).flatMap(([name, i]) => (dev && dev !== name ? [] : i.address));
      if (!via || dev || own.some((cidr) => covers(cidr, via))) return [];
      return [
        {
          path: [...path, 'via'],
          message: `${node} cannot reach ${via} directly: its addresses are ${own.join(', ') || 'none'}`,
        },
      ];
    }),
  );
}

function covers(cidr: string, address: string): boolean {
  const [network, bits] = ipaddr.parseCIDR(cidr);
  const ip = ipaddr.parse(address);
  return ip.kind() === network.kind() && ip.match(network, bits);
}
