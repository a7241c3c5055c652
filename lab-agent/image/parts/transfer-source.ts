import { createReadStream } from 'node:fs';
import { HoplabError } from '../../contract/errors.ts';

/** Reading a file, or a URL that goes on where a broken connection stopped. */

const TRIES = 5;
const PAUSE_MS = 500;

export const isUrl = (source: string): boolean => /^https?:\/\//.test(source);

/** @throws HoplabError `not-found` or `unavailable` */
export function readSource(source: string, signal?: AbortSignal): AsyncGenerator<Buffer> {
  return isUrl(source) ? readUrl(source, signal) : readFileOf(source, signal);
}

async function* readFileOf(file: string, signal?: AbortSignal): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20, signal })) yield chunk;
  } catch (error) {
    signal?.throwIfAborted();
    throw new HoplabError(
      (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'not-found' : 'unavailable',
      `${file} cannot be read: ${(error as Error).message}`,
      'Name a file that npm run image -- export made, or a URL of one.',
    );
  }
}

async function* readUrl(url: string, signal?: AbortSignal): AsyncGenerator<Buffer> {
  let at = 0;
  let tries = 0;
  for (;;) {
    try {
      for await (const chunk of (await ask(url, at, signal)) as unknown as AsyncIterable<Uint8Array>) {
        at += chunk.length;
        tries = 0;
        yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
      }
      return;
    } catch (error) {
      signal?.throwIfAborted();
      tries += 1;
      if (error instanceof HoplabError || tries >= TRIES) throw broken(url, at, error as Error);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * tries));
    }
  }
}

async function ask(url: string, at: number, signal?: AbortSignal): Promise<ReadableStream<Uint8Array>> {
  const headers: Record<string, string> = at > 0 ? { range: `bytes=${at}-` } : {};
  const answer = await fetch(url, { headers, ...(signal ? { signal } : {}) });
  if (answer.ok && answer.body && (at === 0 || answer.status === 206)) return answer.body;
  await answer.body?.cancel();
  const hint = 'Check the address; or download the file by other means and import it.';
  if (answer.ok) {
    const message = `${url}: the connection broke after ${at} bytes, and this server cannot go on from there.`;
    throw new HoplabError('unavailable', message, hint);
  }
  throw new HoplabError(answer.status === 404 ? 'not-found' : 'unavailable', `${url} answers ${answer.status}.`, hint);
}

function broken(url: string, at: number, error: Error): HoplabError {
  if (error instanceof HoplabError) return error;
  const cause = error.cause instanceof Error ? error.cause.message : error.message;
  return new HoplabError(
    'unavailable',
    at > 0 ? `${url}: the connection broke after ${at} bytes: ${cause}` : `${url} cannot be reached: ${cause}`,
    'Check the network (a proxy is not asked); or download the file by other means and import it.',
  );
}
