import type { WebSocket } from 'ws';
import { type ErrorBody, type ErrorCode, HoplabError, HTTP_STATUS } from '../../lab-agent/contract/errors.ts';
import { CLOSE_BAD_MESSAGE, CLOSE_GONE } from '../../lab-agent/contract/terminal.ts';
import { databaseTrouble } from './database-trouble.ts';
import { log } from './log.ts';

/** Any error as one that may be shown: what we do not know is logged, and told as `internal` without its text. */
export function toHoplabError(error: unknown): HoplabError {
  if (error instanceof HoplabError) return error;
  // Next's bundle and server.ts each have a HoplabError of their own.
  if (error instanceof Error && error.name === 'HoplabError') return error as HoplabError;
  const trouble = databaseTrouble(error);
  if (trouble) return trouble;
  log('error', error instanceof Error ? (error.stack ?? error.message) : String(error));
  return new HoplabError('internal', 'Something went wrong on the server.', 'Its log says more.', { cause: error });
}

export function errorBody(error: unknown): ErrorBody {
  return toHoplabError(error).toJSON();
}

/** The one mapping to HTTP. */
export function errorResponse(error: unknown): Response {
  const shown = toHoplabError(error);
  return Response.json(shown.toJSON(), { status: HTTP_STATUS[shown.code] });
}

const CLOSE_CODES: Partial<Record<ErrorCode, number>> = {
  'invalid-input': CLOSE_BAD_MESSAGE,
  'not-found': CLOSE_GONE,
  'lab-gone': CLOSE_GONE,
  unauthorized: 1008,
  forbidden: 1008,
};

/** The one mapping to a WebSocket close; 1013 (try again later) where trying again may help. */
export function closeWithError(socket: WebSocket, error: unknown): void {
  const shown = toHoplabError(error);
  // The protocol allows 123 bytes of reason.
  const reason = Buffer.from(shown.message)
    .subarray(0, 120)
    .toString('utf8')
    .replace(/\uFFFD+$/, '');
  socket.close(CLOSE_CODES[shown.code] ?? 1013, reason);
}

/** A route handler whose errors become answers. */
export function answering<A extends unknown[]>(handle: (request: Request, ...rest: A) => Promise<Response>) {
  return async (request: Request, ...rest: A): Promise<Response> => {
    try {
      return await handle(request, ...rest);
    } catch (error) {
      return errorResponse(error);
    }
  };
}
