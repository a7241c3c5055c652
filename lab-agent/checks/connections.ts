import type { SeenPlace } from './resolve.ts';
import type { Round, Unseen } from './round.ts';
import { firstLine } from './text.ts';

/** Asks an address several times by HTTP, each time by a connection of its own, and finds in conntrack where each was led. */

const START_MS = 3000;
const MAX_BYTES = 4 * 1024 * 1024;

/** One connection: the status of the answer, 0 when there was none; and where it was led, as the node that led it knows. */
export type Connection = {
  status: number;
  failure: string;
  led?: { to: string; port: number; source: string } | undefined;
};
export type Asking = {
  from: SeenPlace;
  /** The node whose rules choose the endpoint. */
  chooser: string;
  address: string;
  port: number;
  times: number;
  within: number;
};
type Asked = { ok: true; connections: Connection[] } | Unseen;

export async function ask(round: Round, asking: Asking): Promise<Asked> {
  const { from, chooser, address, port, times, within } = asking;
  const limits = { timeoutMs: (within + 1) * 1000 + START_MS, maxBytes: MAX_BYTES };
  const curl = await round.act(from, commandLine(asking), limits);
  if (!curl.ok) return curl;
  const lines = curl.stdout
    .split('\n')
    .flatMap((line) => curlLine(line) ?? [])
    .slice(0, times);
  if (lines.length === 0) return { ok: false, missing: false, why: firstLine(curl.stderr) || 'curl said nothing' };
  const table = await round.act(
    { node: chooser },
    ['conntrack', '-L', '-p', 'tcp', '--orig-dst', address, '--orig-port-dst', `${port}`],
    limits,
  );
  if (!table.ok) return table;
  if (table.code !== 0) return { ok: false, missing: false, why: `conntrack: ${firstLine(table.stderr)}` };
  const flows = table.stdout.split('\n').flatMap((line) => conntrackLine(line) ?? []);
  return {
    ok: true,
    connections: lines.map(({ source, status, failure }) => {
      // A connection that never came about has no port of its own yet: then it is the one without an answer.
      const flow = flows.find((f) => f.origin === source) ?? (status === 0 ? latestUnanswered(flows) : undefined);
      return { status, failure, led: flow?.led };
    }),
  };
}

/**
 * HTTP/1.0: the connection ends with the answer. The numbers stand behind `#`, so the server does not see them. Ends at the
 * first failure: one that waits is enough.
 */
function commandLine({ address, port, times, within }: Asking): [string, ...string[]] {
  const scheme = port === 443 || port === 6443 ? 'https' : 'http';
  const argv: [string, ...string[]] = ['curl', '-q', '-sS', '-0', '-k', '--noproxy', '*', '--proto', '=http,https'];
  argv.push('--fail-early', '--max-time', `${within}`, '-o', '/dev/null');
  argv.push('-w', '%{local_ip}:%{local_port} %{http_code} %{errormsg}\\n');
  return [...argv, '--url', `${scheme}://${address}:${port}/#[1-${times}]`];
}

function curlLine(line: string): { source: string; status: number; failure: string } | undefined {
  const found = /^(\S*:-?\d*) (\d{3}) ?(.*)$/.exec(line);
  return found ? { source: found[1] as string, status: Number(found[2]), failure: found[3] as string } : undefined;
}

type Flow = {
  origin: string;
  unanswered: boolean;
  /** Until it is forgotten. */
  secondsLeft: number;
  led: { to: string; port: number; source: string };
};

const latestUnanswered = (flows: readonly Flow[]): Flow | undefined =>
  flows.filter((f) => f.unanswered).sort((a, b) => b.secondsLeft - a.secondsLeft)[0];

/** `tcp 6 118 TIME_WAIT src=A dst=VIP sport=S dport=80 src=POD dst=SOURCE sport=80 dport=S [ASSURED] …` (conntrack(8)) */
export function conntrackLine(line: string): Flow | undefined {
  // With accounting on (net.netfilter.nf_conntrack_acct) each direction has its counters behind it.
  const tuple = 'src=(\\S+) dst=(\\S+) sport=(\\d+) dport=(\\d+)(?: packets=\\d+ bytes=\\d+)?';
  const found = new RegExp(`^tcp\\s.*? ${tuple} (\\[UNREPLIED\\] )?${tuple}`).exec(line);
  if (!found) return undefined;
  const [, source, , sourcePort, , unreplied, to = '', seen = '', port] = found;
  return {
    origin: `${source}:${sourcePort}`,
    secondsLeft: Number(/^tcp\s+6\s+(\d+)/.exec(line)?.[1] ?? 0),
    unanswered: unreplied !== undefined || / (SYN_SENT|SYN_RECV|CLOSE) /.test(line),
    led: { to, port: Number(port), source: seen },
  };
}
