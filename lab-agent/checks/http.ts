import ipaddr from 'ipaddr.js';
import { answersIn, ask } from './dns.ts';
import { tooSlow, tryPattern } from './pattern.ts';
import type { Runner } from './registry.ts';
import type { Parameters } from './resolve.ts';
import { hostsEntry, resolverOf } from './resolver.ts';
import { origin, type Round } from './round.ts';
import { tcpFailure } from './tcp.ts';
import { firstLine } from './text.ts';
import { unseen } from './unseen.ts';
import { broken, met, notMet } from './verdicts.ts';

const START_MS = 3000;
/** A body that goes on is cut by curl itself. */
const MAX_BODY_BYTES = 256 * 1024;
/** curl's exit statuses that are the server's affair (curl(1), EXIT CODES). */
const NO_CONNECTION = new Set([7, 28, 35, 52, 56]);
const BODY_TOO_LARGE = 63;

export const checkHttp: Runner<'http'> = async (round, params) => {
  const body = params.matches ? ` and a body like /${params.matches}/` : '';
  const expected = `${params.url.says}, asked from ${origin(params)}, answers ${params.status}${body}`;
  if (params.unseen) return unseen(expected, params.unseen);
  const resolved = await resolve(round, params);
  if ('why' in resolved) return broken(expected, resolved.why);
  if ('none' in resolved) return notMet(expected, resolved.none);
  const timeoutMs = params.within * 1000 + START_MS;
  const looked = await round.act(params, commandLine(params, resolved.pin), {
    timeoutMs,
    maxBytes: MAX_BODY_BYTES * 2,
  });
  if (!looked.ok) return unseen(expected, looked);
  const status = Number(/\n(\d{3})\s*$/.exec(looked.stderr)?.[1] ?? 0);
  if (status === 0) {
    const said = firstLine(looked.stderr.replace(/\n\d{3}\s*$/, '')).replace(/^curl: \(\d+\) /, '');
    if (!NO_CONNECTION.has(looked.code)) return broken(expected, said || `curl ended with status ${looked.code}`);
    return notMet(expected, `no answer: ${failure(looked.code, said)}`);
  }
  const observed = `it answered ${status}, body "${firstLine(looked.stdout, 80)}"`;
  if (status !== params.status) return notMet(expected, observed);
  if (params.matches !== undefined) {
    const hit = tryPattern(params.matches, looked.stdout);
    if (hit === 'too-slow') return broken(expected, tooSlow(params.matches));
    if (hit === 'no' && looked.code === BODY_TOO_LARGE) return broken(expected, 'the body is larger than 256 KiB');
    if (hit === 'no') return notMet(expected, observed);
  }
  return met(expected, observed);
};

function failure(code: number, said: string): string {
  if (code === 7) return tcpFailure(said) ?? 'no connection: nothing listens there, or no route leads there';
  if (code === 28) return 'nothing came back in time';
  return said || `curl ended with status ${code}`;
}

/** -q: no ~/.curlrc; -k: a lab's own certificates are signed by nobody; the status is printed last on stderr. */
function commandLine(params: Parameters<'http'>, pin: string | undefined): [string, ...string[]] {
  const argv: [string, ...string[]] = ['curl', '-q', '-sS', '-g', '-k', '--noproxy', '*', '--proto', '=http,https'];
  argv.push('--max-time', `${params.within}`, '--max-filesize', `${MAX_BODY_BYTES}`);
  argv.push('-w', '%{stderr}\\n%{http_code}');
  if (params.host !== undefined) argv.push('-H', `Host: ${params.host}`);
  if (pin !== undefined) argv.push('--resolve', pin);
  return [...argv, '--url', params.url.value];
}

/** curl would ask the image's resolver; a name in the URL is resolved as the node itself would. */
async function resolve(
  round: Round,
  params: Parameters<'http'>,
): Promise<{ pin: string | undefined } | { none: string } | { why: string }> {
  const url = new URL(params.url.value);
  const name = url.hostname.replace(/^\[|\]$/g, '');
  if (ipaddr.isValid(name)) return { pin: undefined };
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  const fromHosts = name === 'localhost' ? '127.0.0.1' : await hostsEntry(round, params.node, name);
  if (fromHosts) return { pin: `${name}:${port}:${fromHosts}` };
  const resolver = await resolverOf(round, params);
  if (!('server' in resolver)) return resolver;
  const question = { ...params, name, type: 'A' as const };
  const looked = await ask(round, question, resolver.server);
  if (!looked.ok) return looked.missing ? { none: looked.observed } : { why: looked.why };
  const [address] = answersIn(looked.stdout, 'A');
  return address ? { pin: `${name}:${port}:${address}` } : { none: `${resolver.server} gives no address for ${name}` };
}
