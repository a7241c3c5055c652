import type { CheckParameters } from '../contract/checks/index.ts';
import type { Verdict } from '../contract/verdict.ts';
import { placeNamed, towards } from './connection.ts';
import { checkPing } from './ping.ts';
import type { Runner } from './registry.ts';
import type { Round } from './round.ts';
import { checkTcp } from './tcp.ts';
import { checkDnsAnswers, checkUdp } from './udp.ts';
import { broken, met, notMet, outcome } from './verdicts.ts';

type Parameters = CheckParameters<'traffic'>;
type Attempt = Pick<Parameters, 'from' | 'to' | 'proto' | 'port' | 'within'>;

/** Refused by the sender's own kernel: nothing was sent that a policy could have stopped. */
const NOT_SENT = /no route leads there|blackhole|is not an address here|a rule forbids to send it/;

export const checkTraffic: Runner<'traffic'> = async (round, params, signal) => {
  const expected = `${wayText(params)} is ${params.is}${differenceText(params)}`;
  const tried = await attempt(round, params, signal);
  if (tried.verdict === 'broken') return broken(expected, tried.why);
  if (params.is === 'allowed')
    return tried.verdict === 'met' ? met(expected, tried.observed) : notMet(expected, tried.observed);
  if (tried.verdict === 'met') return notMet(expected, `it gets through: ${tried.observed}`);
  if (isAbsent(tried)) return notMet(expected, tried.observed);
  if (NOT_SENT.test(tried.observed)) return notMet(expected, `cannot tell: ${tried.observed}`);
  const baseline = { ...params, ...definedOnly(params.baseline ?? {}) };
  const allowed = await attempt(round, baseline, signal);
  if (allowed.verdict === 'broken') return broken(expected, `the baseline (${wayText(baseline)}): ${allowed.why}`);
  if (allowed.verdict === 'met') return met(expected, tried.observed);
  return notMet(expected, `cannot tell yet: ${wayText(baseline)} is not allowed either (${outcome(allowed)})`);
};

/** An end that is not there yet: nothing was tried. */
type Tried = Verdict & { absent?: boolean };
const isAbsent = (tried: Tried): boolean => tried.absent === true;

async function attempt(round: Round, { from, to, proto, port, within }: Attempt, signal: AbortSignal): Promise<Tried> {
  const way = await towards(round, await placeNamed(round, from), to);
  const params = { ...way.from, to: way.to, within };
  if (way.from.unseen) {
    const { unseen } = way.from;
    return unseen.missing ? { ...notMet(from, unseen.observed), absent: true } : broken(from, unseen.why);
  }
  if (proto === 'icmp') return checkPing(round, { ...params, count: 1, whole: false }, signal);
  if (proto === 'tcp') return checkTcp(round, { ...params, port: port ?? HTTP }, signal);
  if (port !== DNS) return checkUdp(round, { ...params, port: port ?? HTTP });
  return checkDnsAnswers(round, params);
}

const HTTP = 80;
const DNS = 53;

function wayText({ from, to, proto, port }: Pick<Parameters, 'from' | 'to' | 'proto' | 'port'>): string {
  if (proto === 'icmp') return `a ping from ${from} to ${to}`;
  return `${proto.toUpperCase()} from ${from} to ${to} port ${port ?? HTTP}`;
}

function differenceText({ baseline }: Parameters): string {
  if (!baseline) return '';
  const { from, to, proto, port } = baseline;
  const words = [
    proto && `by ${proto.toUpperCase()}`,
    from && `from ${from}`,
    to && `to ${to}`,
    port && `to port ${port}`,
  ];
  return `, while it is allowed ${words.filter(Boolean).join(' ')}`;
}

const definedOnly = <T extends object>(given: T): Partial<T> =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Partial<T>;
