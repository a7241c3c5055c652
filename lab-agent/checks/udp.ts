import type { Verdict } from '../contract/verdict.ts';
import type { Named } from './cluster-names.ts';
import { ask, NO_REPLY } from './dns.ts';
import type { SeenPlace } from './resolve.ts';
import { origin, type Round } from './round.ts';
import { lastLine } from './text.ts';
import { unseen } from './unseen.ts';
import { broken, met, notMet } from './verdicts.ts';

/** A name that a cluster's own resolver knows; any answer of any other will do. */
const ASKED = { name: 'kubernetes.default.svc.cluster.local', type: 'A' } as const;
const START_MS = 3000;
const QUESTION = 'hoplab\n';

/** Sends one datagram; only an answer shows that it has arrived. */
export async function checkUdp(
  round: Round,
  params: SeenPlace & { to: Named; port: number; within: number },
): Promise<Verdict> {
  const { to, port, within } = params;
  const expected = `a datagram from ${origin(params)} to ${to.says} port ${port} is answered`;
  const seconds = Math.ceil(within);
  const argv = ['nc', '-n', '-u', '-w', `${seconds}`, '--', to.value, `${port}`] as const;
  const looked = await round.act(params, argv, {
    timeoutMs: seconds * 1000 + START_MS,
    maxBytes: 64 * 1024,
    input: QUESTION,
  });
  if (!looked.ok) return unseen(expected, looked);
  if (looked.stdout !== '') return met(expected, `${to.says} port ${port} answered by UDP`);
  const said = lastLine(looked.stderr);
  if (/invalid option|usage/i.test(said)) return broken(expected, said);
  const reason = /refused/.test(said)
    ? 'refused: nothing listens there, or a rule rejects it'
    : said || 'nothing came back';
  return notMet(expected, `no answer from ${to.says} port ${port}: ${reason}`);
}

/** Asks a resolver; whatever it says shows that the question has arrived. */
export async function checkDnsAnswers(
  round: Round,
  params: SeenPlace & { to: Named; within: number },
): Promise<Verdict> {
  const expected = `a DNS question from ${origin(params)} to ${params.to.says} is answered`;
  const looked = await ask(round, { ...params, ...ASKED }, params.to.value);
  if (!looked.ok) return unseen(expected, looked);
  const status = /status: ([A-Z]+)/.exec(looked.stdout)?.[1];
  if (status !== undefined) return met(expected, `${params.to.says} answered a DNS question: ${status}`);
  if (looked.code === NO_REPLY) return notMet(expected, `no answer from ${params.to.says} to a DNS question`);
  return broken(expected, lastLine(looked.stderr) || 'dig said nothing');
}
