import { HoplabError } from '../../lab-agent/contract/errors.ts';
import { auth } from './auth.ts';
import { env } from './env.ts';
import { processWide } from './process-wide.ts';

export type Learner = { id: string; name: string };

/** How long a session that was looked up is believed. Short, for sign-outs in another process. */
const REMEMBER_MS = 5000;
const MAX_REMEMBERED = 1000;

/** Sessions looked up just now, by cookie header: a page view asks several times. */
const remembered = () => processWide('sessions', () => new Map<string, { learner: Learner; until: number }>());

/** The learner of a request, or undefined: not signed in. */
export async function currentLearner(headers: Headers): Promise<Learner | undefined> {
  const cookie = headers.get('cookie');
  if (!cookie) return undefined;
  const known = remembered().get(cookie);
  if (known && known.until > Date.now()) return known.learner;
  const session = await (await auth()).api.getSession({ headers });
  if (!session) return undefined;
  const learner = { id: session.user.id, name: session.user.name };
  remember(cookie, learner);
  return learner;
}

/** @throws HoplabError `unauthorized` */
export async function requireLearner(headers: Headers): Promise<Learner> {
  const learner = await currentLearner(headers);
  if (learner) return learner;
  const hint = env().accounts ? 'Sign in and try again.' : 'Reload the page.';
  throw new HoplabError('unauthorized', 'You are not signed in.', hint);
}

/** After a sign-in or sign-out: nothing looked up before is believed. */
export function forgetSessions(): void {
  remembered().clear();
}

/**
 * Signs the local learner in.
 * @returns the Set-Cookie headers that carry the session
 */
export async function signInLocally(): Promise<string[]> {
  const { headers } = await (await auth()).api.signInLocally({ returnHeaders: true });
  return headers.getSetCookie();
}

function remember(cookie: string, learner: Learner): void {
  const sessions = remembered();
  if (sessions.size >= MAX_REMEMBERED) sessions.clear();
  sessions.set(cookie, { learner, until: Date.now() + REMEMBER_MS });
}
