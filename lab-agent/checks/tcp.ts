import type { Runner } from './registry.ts';
import { origin } from './round.ts';
import { lastLine } from './text.ts';
import { unseen } from './unseen.ts';
import { broken, met, notMet } from './verdicts.ts';

const START_MS = 3000;

export const checkTcp: Runner<'tcp'> = async (round, params) => {
  const { to, port, within } = params;
  const expected = `a TCP connection from ${origin(params)} to ${to.says} port ${port} is accepted`;
  // nc counts in whole seconds.
  const argv = ['nc', '-n', '-z', '-v', '-w', `${Math.ceil(within)}`, '--', to.value, `${port}`] as const;
  const looked = await round.act(params, argv, { timeoutMs: Math.ceil(within) * 1000 + START_MS, maxBytes: 4096 });
  if (!looked.ok) return unseen(expected, looked);
  if (looked.code === 0) return met(expected, `${to.says} accepted a connection to port ${port}`);
  const said = lastLine(looked.stderr);
  const reason = tcpFailure(said);
  if (reason === undefined) return broken(expected, said || 'nc said nothing');
  return notMet(expected, `no connection to ${to.says} port ${port}: ${reason}`);
};

/** What a failed connection means, in words; nothing when the tool itself failed. */
export function tcpFailure(said: string): string | undefined {
  if (/refused/.test(said)) return 'refused: nothing listens there, or a rule rejects it';
  if (/timed out/.test(said)) return 'no answer in time';
  if (/No route to host/.test(said)) return 'the host does not answer (No route to host)';
  if (/Network is unreachable/.test(said)) return 'no route leads there (Network is unreachable)';
  if (/Invalid argument/.test(said)) return 'a blackhole route swallows it';
  if (/not permitted|ermission denied/.test(said)) return 'a rule forbids to send it';
  return undefined;
}
