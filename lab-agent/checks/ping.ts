import type { Runner } from './registry.ts';
import type { Parameters } from './resolve.ts';
import { origin } from './round.ts';
import { firstLine } from './text.ts';
import { unseen } from './unseen.ts';
import { broken, met, notMet } from './verdicts.ts';

/** Between two echoes, in seconds: the least that ping allows everyone. */
const INTERVAL_S = 0.2;
/** What starting the program may take on a loaded machine. */
const START_MS = 3000;

export const checkPing: Runner<'ping'> = async (round, params) => {
  const expected = expectation(params);
  const seconds = params.within + (params.count - 1) * INTERVAL_S;
  const limits = { timeoutMs: seconds * 1000 + START_MS, maxBytes: 64 * 1024 };
  const looked = await round.act(params, commandLine(params), limits);
  if (!looked.ok) return unseen(expected, looked);
  const replies = [...looked.stdout.matchAll(/^\d+ bytes from \S+ .*?ttl=(\d+) time=([\d.]+) ms/gm)];
  const reply = replies[0];
  if (!reply) {
    const reason = refusal(looked.stderr) ?? hopAnswer(looked.stdout);
    if (looked.code === 2 && !reason) return broken(expected, firstLine(looked.stderr) || 'ping said nothing');
    return notMet(
      expected,
      `no answer from ${params.to.says}: ${reason ?? `nothing came back within ${params.within} s`}`,
    );
  }
  const some = replies.length < params.count ? `${replies.length} of ${params.count} echoes answered` : 'answered';
  const observed = `${params.to.says} ${some} in ${reply[2]} ms, TTL ${reply[1]}`;
  if (params.ttl !== undefined && Number(reply[1]) !== params.ttl) return notMet(expected, observed);
  return met(expected, observed);
};

function expectation({ to, from, size, whole, ttl, ...place }: Parameters<'ping'>): string {
  const extra = [
    from && `by ${from.says}`,
    size !== undefined && `with ${size} bytes`,
    whole && 'unfragmented',
    ttl !== undefined && `with TTL ${ttl} in the answer`,
  ].filter(Boolean);
  return `a ping from ${origin(place)} to ${to.says}${extra.length > 0 ? ` ${extra.join(' ')}` : ''} is answered`;
}

function commandLine({ to, from, count, size, whole, within }: Parameters<'ping'>): [string, ...string[]] {
  const argv: [string, ...string[]] = ['ping', '-n', '-c', `${count}`, '-i', `${INTERVAL_S}`, '-W', `${within}`];
  if (from !== undefined) argv.push('-I', from.value);
  if (size !== undefined) argv.push('-s', `${size}`);
  if (whole) argv.push('-M', 'do');
  return [...argv, '--', to.value];
}

/** What the sender's own kernel refuses; each is something that a learner can mend. */
function refusal(stderr: string): string | undefined {
  const line = firstLine(stderr);
  if (/SO_BINDTODEVICE|unknown iface/.test(line)) return 'there is no such interface to send from';
  if (/Cannot assign requested address/.test(line)) return 'the source address is not an address here';
  if (/Network is unreachable|No route to host/.test(line)) return 'no route leads there (Network is unreachable)';
  if (/sendmsg: Operation not permitted/.test(line)) return 'a rule forbids to send it (Operation not permitted)';
  if (/connect: Invalid argument/.test(line)) return 'a blackhole route swallows it';
  const tooLong = /essage too long(?:, mtu[=: ]*(\d+))?/.exec(line);
  if (tooLong) return `it does not fit into one packet${tooLong[1] ? ` (MTU ${tooLong[1]})` : ' (message too long)'}`;
  return undefined;
}

/** `From 11.11.11.2 icmp_seq=1 Destination Host Unreachable` */
function hopAnswer(stdout: string): string | undefined {
  const line = /^From (\S+) icmp_seq=\d+ (.+)$/m.exec(stdout);
  return line ? `${line[1]} says ${firstLine(line[2] as string, 100)}` : undefined;
}
