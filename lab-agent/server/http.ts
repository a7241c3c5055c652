import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { HoplabError, HTTP_STATUS } from '../contract/errors.ts';

/** Reading requests and writing answers, the same for every route. */
const MAX_BODY_BYTES = 512 * 1024;

export async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES)
      throw new HoplabError('invalid-input', 'the body is too large', 'At most 512 KiB are taken.');
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  if (text === '') return {};
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new HoplabError('invalid-input', `the body is not JSON: ${(error as Error).message}`);
  }
}

export function answer(response: ServerResponse, status: number, body?: unknown): void {
  if (body === undefined) {
    response.writeHead(status).end();
    return;
  }
  const text = JSON.stringify(body);
  response
    .writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
    .end(text);
}

/** The one function that turns an error into an HTTP answer. What is not meant for readers is logged, not sent. */
export function answerError(response: ServerResponse, error: unknown, log: (text: string) => void): void {
  const told = asTold(error, log);
  if (response.headersSent) return void response.destroy();
  answer(response, HTTP_STATUS[told.code], told.toJSON());
}

export function asTold(error: unknown, log: (text: string) => void): HoplabError {
  if (error instanceof HoplabError) return error;
  log(`surprise: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return new HoplabError('internal', 'the agent met a surprise', 'Its log says more.');
}

/** @throws HoplabError `unauthorized`; compared in constant time */
export function checkToken(request: IncomingMessage, token: string): void {
  const given = Buffer.from(request.headers.authorization ?? '');
  const wanted = Buffer.from(`Bearer ${token}`);
  if (given.length === wanted.length && timingSafeEqual(given, wanted)) return;
  throw new HoplabError(
    'unauthorized',
    "the agent's token is missing or wrong",
    'App and agent need the same HOPLAB_AGENT_TOKEN.',
  );
}
