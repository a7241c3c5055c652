import type { IncomingHttpHeaders } from 'node:http';
import { HoplabError } from '../../lab-agent/contract/errors.ts';
import { type Env, isLoopback } from './env.ts';

/**
 * Which requests are let in, by their Host and Origin alone. On loopback a foreign Host is DNS rebinding: a web page
 * whose name was pointed at 127.0.0.1. A foreign Origin is another site's page that uses the learner's cookies.
 */
type Asked = { method: string | undefined; headers: IncomingHttpHeaders; webSocket?: boolean };
type Settings = Pick<Env, 'accounts' | 'publicUrl'>;

/** @returns why the request is refused, or undefined */
export function refusal(
  { method = 'GET', headers, webSocket = false }: Asked,
  settings: Settings,
): HoplabError | undefined {
  const { host, origin } = headers;
  if (!host || !isOurHost(host, settings)) {
    const hint = settings.publicUrl
      ? `Open ${settings.publicUrl} instead.`
      : 'Open http://localhost with the port, or set HOPLAB_URL to the address that you use (which turns accounts on).';
    return new HoplabError(
      'forbidden',
      `This Hoplab is not reached by the name “${String(host).slice(0, 100)}”.`,
      hint,
    );
  }
  const reads = ['GET', 'HEAD', 'OPTIONS'].includes(method);
  if (reads && !webSocket) return undefined;
  if (origin && sameOrigin(origin, host, settings)) return undefined;
  return new HoplabError('forbidden', 'Only Hoplab’s own pages may do this.', 'Send its address as the Origin header.');
}

function isOurHost(host: string, { accounts, publicUrl }: Settings): boolean {
  const name = host.replace(/:\d+$/, '');
  if (isLoopback(name)) return true;
  return accounts && (publicUrl === undefined || new URL(publicUrl).host === host.toLowerCase());
}

function sameOrigin(origin: string, host: string, { publicUrl }: Settings): boolean {
  if (publicUrl && origin === new URL(publicUrl).origin) return true;
  return URL.canParse(origin) && new URL(origin).host === host.toLowerCase();
}
