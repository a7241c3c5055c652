import ipaddr from 'ipaddr.js';
import type { Runner } from './registry.ts';
import type { Parameters, SeenPlace } from './resolve.ts';
import { resolverOf } from './resolver.ts';
import { origin, type Round } from './round.ts';
import { firstLine, list } from './text.ts';
import { unseen } from './unseen.ts';
import { broken, met, notMet } from './verdicts.ts';

const START_MS = 3000;
/** dig's exit status when no resolver answered. */
export const NO_REPLY = 9;

export const checkDns: Runner<'dns'> = async (round, params) => {
  const result = params.answer?.says ?? (params.status === 'NOERROR' ? 'an answer' : params.status);
  const by = params.server ? ` of ${params.server.says}` : '';
  const expected = `${params.name} (${params.type}), asked${by} from ${origin(params)}, gives ${result}`;
  if (params.unseen) return unseen(expected, params.unseen);
  const asked = await server(round, params);
  if ('why' in asked) return broken(expected, asked.why);
  if ('none' in asked) return notMet(expected, asked.none);
  const looked = await ask(round, params, asked.server);
  if (!looked.ok) return unseen(expected, looked);
  if (looked.code === NO_REPLY) {
    const reason = /refused/.test(looked.stdout) ? 'nothing listens there' : 'no reply in time';
    return notMet(expected, `the resolver ${asked.server} did not answer: ${reason}`);
  }
  const status = /status: ([A-Z]+)/.exec(looked.stdout)?.[1];
  if (looked.code !== 0 || !status) {
    return broken(expected, firstLine(looked.stderr) || firstLine(looked.stdout) || 'dig said nothing');
  }
  const answers = answersIn(looked.stdout, params.type);
  const observed = `${asked.server} said ${status}: ${list(answers, 'no answers')}`;
  if (status !== params.status) return notMet(expected, observed);
  if (params.answer !== undefined) {
    const wanted = spelling(params.answer.value);
    return answers.some((a) => spelling(a) === wanted) ? met(expected, observed) : notMet(expected, observed);
  }
  return status === 'NOERROR' && answers.length === 0 ? notMet(expected, observed) : met(expected, observed);
};

type Question = SeenPlace & Pick<Parameters<'dns'>, 'name' | 'type' | 'within'>;

/** One question to one resolver; dig's output, whatever the resolver said. */
export function ask(round: Round, params: Question, resolver: string) {
  const seconds = Math.ceil(params.within);
  // -r: no ~/.digrc; -q and -x take the next word whole, so no name can be taken for an option.
  const reverse = params.type === 'PTR' && ipaddr.isValid(params.name);
  const question = reverse ? ['-x', params.name] : ['-t', params.type, '-q', params.name];
  const how = ['+noall', '+comments', '+answer', '+tries=1', `+time=${seconds}`];
  const argv = ['dig', '-r', ...how, `@${resolver}`, ...question] as [string, ...string[]];
  return round.act(params, argv, { timeoutMs: seconds * 1000 + START_MS, maxBytes: 256 * 1024 });
}

async function server(round: Round, params: Parameters<'dns'>) {
  return params.server === undefined ? resolverOf(round, params) : { server: params.server.value };
}

/** The data of the answers of the type asked for, as `dig +short` prints them. */
export function answersIn(stdout: string, type: string): string[] {
  const records = stdout.matchAll(/^[^;\s]\S*\s+\d+\s+IN\s+(\S+)\s+(.+)$/gm);
  return [...records].filter((r) => r[1] === type).map((r) => (r[2] as string).trim());
}

/** Names are equal in any case and with or without the last dot. */
const spelling = (answer: string): string => answer.toLowerCase().replace(/\.$/, '');
