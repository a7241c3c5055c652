import type { IncomingMessage, ServerResponse } from 'node:http';
import { HTTP_STATUS } from '../../lab-agent/contract/errors.ts';
import { LANGUAGE_HEADER, languageInQuery } from '../_languages/language.ts';
import { refusal } from './admission.ts';
import type { Env } from './env.ts';
import { toHoplabError } from './errors.ts';
import { secure } from './security-headers.ts';
import { currentLearner, signInLocally } from './session.ts';

/**
 * What every request passes before Next sees it: admission by Host and Origin, security headers, and on loopback the
 * local learner's session, so that the very first page knows its learner without a detour.
 * @returns false when it was answered here
 */
export async function passFrontDoor(request: IncomingMessage, response: ServerResponse, env: Env): Promise<boolean> {
  try {
    const refused = refusal({ method: request.method, headers: request.headers }, env);
    if (refused) throw refused;
    if (request.url?.startsWith('/_next/static/')) {
      response.setHeader('x-content-type-options', 'nosniff');
      return true;
    }
    secure(request, response, env);
    request.headers[LANGUAGE_HEADER] = languageInQuery(request.url);
    if (!env.accounts && isPageView(request)) await ensureLocalLearner(request, response);
    return true;
  } catch (error) {
    answer(request, response, error);
    return false;
  }
}

/** A navigation of a browser; what a page fetches later carries the cookie already. */
function isPageView({ method, headers, url }: IncomingMessage): boolean {
  return method === 'GET' && !!headers.accept?.includes('text/html') && !url?.startsWith('/api/') && url !== '/healthz';
}

async function ensureLocalLearner(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const cookie = request.headers.cookie;
  if (cookie && (await currentLearner(new Headers({ cookie })))) return;
  const setCookies = await signInLocally();
  response.setHeader('set-cookie', setCookies);
  // The page that is rendered now sees the cookies as if the browser had them; they come last, and so replace old ones.
  const fresh = setCookies.map((line) => line.split(';', 1)[0] ?? '');
  const names = new Set(fresh.map((pair) => pair.split('=', 1)[0]));
  const kept = (cookie ?? '').split(/;\s*/).filter((pair) => pair && !names.has(pair.split('=', 1)[0] ?? ''));
  request.headers.cookie = [...kept, ...fresh].join('; ');
}

function answer({ url }: IncomingMessage, response: ServerResponse, error: unknown): void {
  const shown = toHoplabError(error);
  const { code, message, hint } = shown;
  if (url?.startsWith('/api/')) {
    response.writeHead(HTTP_STATUS[code], { 'content-type': 'application/json' });
    response.end(JSON.stringify(shown));
    return;
  }
  response.writeHead(HTTP_STATUS[code], { 'content-type': 'text/plain; charset=utf-8' });
  response.end(`${message}\n${hint}\n`);
}
