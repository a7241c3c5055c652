import type { CheckParameters } from '../contract/checks/index.ts';
import type { Verdict } from '../contract/verdict.ts';
import { sameAddress } from './addresses.ts';
import { addressOf, type Named } from './cluster-names.ts';
import { placeNamed } from './connection.ts';
import { type Asking, ask, type Connection } from './connections.ts';
import type { Runner } from './registry.ts';
import { podText, type Round } from './round.ts';
import { type Endpoint, endpointText, readService, type ServiceSeen } from './service-endpoints.ts';
import { count, list } from './text.ts';
import { unseen } from './unseen.ts';
import { broken, met, notMet } from './verdicts.ts';

type Parameters = CheckParameters<'service'>;

/** Endpoints are chosen by chance: with ten tries for each, one of twenty is missed once in a thousand times. */
const TRIES_PER_ENDPOINT = 10;
const LEAST_TRIES = 24;
const TRIES_AT_ONCE = 8;

export const checkService: Runner<'service'> = async (round, params) => {
  const sources = await Promise.all((params.sourceSeen ?? []).map((source) => addressOf(round, source)));
  const expected = expectation(
    params,
    sources.map(({ named }) => named),
  );
  const lost = sources.find((source) => source.unseen)?.unseen;
  if (lost) return unseen(expected, lost);
  const service = await readService(round, params.name, params.port);
  if (!service.ok) return unseen(expected, service);
  const { endpoints } = service.data;
  const has = `it has ${count(endpoints.length, 'ready endpoint')}: ${list(endpoints.map(endpointText), 'none')}`;
  if (params.endpoints !== undefined && params.endpoints !== endpoints.length) return notMet(expected, has);
  if (endpoints.length === 0) return notMet(expected, 'it has no ready endpoints');
  const asking = await whereToAsk(round, params, service.data);
  if ('verdict' in asking) return { ...asking, expected };
  return tryAll(round, expected, { asking, endpoints, sources: sources.map(({ named }) => named) });
};

/** Who asks which address, or why nobody can. */
async function whereToAsk(round: Round, params: Parameters, service: ServiceSeen): Promise<Asking | Verdict> {
  const { nodePort, within } = params;
  const from = await placeNamed(round, params.from);
  if (from.unseen) return unseen('', from.unseen);
  const common = { from, times: TRIES_AT_ONCE, within };
  if (nodePort === undefined) {
    if (service.address === '') return notMet('', 'it has no address of its own: it is headless');
    return { ...common, chooser: from.node, address: service.address, port: service.port };
  }
  if (service.nodePort === undefined) return notMet('', 'it has no NodePort');
  const node = await addressOf(round, `node/${nodePort}`);
  if (node.unseen) return unseen('', node.unseen);
  return { ...common, chooser: nodePort, address: node.named.value, port: service.nodePort };
}

type Trial = { asking: Asking; endpoints: readonly Endpoint[]; sources: readonly Named[] };

async function tryAll(round: Round, expected: string, { asking, endpoints, sources }: Trial): Promise<Verdict> {
  const most = Math.max(LEAST_TRIES, endpoints.length * TRIES_PER_ENDPOINT);
  const seenBy = new Map<Endpoint, string>();
  let tries = 0;
  while (tries < most && seenBy.size < endpoints.length) {
    const asked = await ask(round, asking);
    if (!asked.ok) return unseen(expected, asked);
    for (const connection of asked.connections) {
      tries++;
      const endpoint = endpointOf(connection, endpoints);
      if (connection.status === 0) return notMet(expected, failureText(connection, endpoint));
      if (!connection.led)
        return broken(expected, `${asking.chooser} does not know where the connection was led (conntrack)`);
      if (endpoint) seenBy.set(endpoint, connection.led.source);
    }
  }
  const silent = endpoints.filter((e) => !seenBy.has(e));
  const answered = `${seenBy.size} of ${count(endpoints.length, 'endpoint')} answered in ${count(tries, 'try', 'tries')}`;
  if (silent.length > 0) return notMet(expected, `${answered}; never asked: ${list(silent.map(endpointText), '')}`);
  const who = [...seenBy].map(([endpoint, source]) => `${endpointText(endpoint)} saw ${source}`);
  const observed = `${answered}: ${list(who, '')}`;
  const asWanted = [...seenBy.values()].every(
    (s) => sources.length === 0 || sources.some((w) => sameAddress(w.value, s)),
  );
  return asWanted ? met(expected, observed) : notMet(expected, observed);
}

const endpointOf = ({ led }: Connection, endpoints: readonly Endpoint[]): Endpoint | undefined =>
  led && endpoints.find((e) => sameAddress(e.address, led.to) && e.port === led.port);

function failureText({ failure, led }: Connection, endpoint: Endpoint | undefined): string {
  const who = endpoint ? endpointText(endpoint) : led ? `${led.to}, which is no ready endpoint,` : 'it';
  return `${who} did not answer: ${failure || 'no answer came'}`;
}

function expectation({ name, from, nodePort, endpoints, sourceSeen }: Parameters, sources: readonly Named[]): string {
  const who = endpoints === undefined ? 'every endpoint' : `each of ${count(endpoints, 'endpoint')}`;
  const where = nodePort === undefined ? '' : ` at the NodePort of ${nodePort}`;
  const sees = sourceSeen
    ? ` and sees ${list(
        sources.map((s) => s.says),
        '',
      ).replace(/ and /, ' or ')} as the source`
    : '';
  return `${who} of the service ${podText(name)}, asked${where} from ${from}, answers${sees}`;
}
