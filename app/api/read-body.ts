import type * as z from 'zod';
import { HoplabError } from '../../lab-agent/contract/errors.ts';
import { parse } from '../../lab-agent/contract/parse.ts';

/** What our pages send is short. */
const MAX_BODY_BYTES = 64 * 1024;

/** A request's JSON body through the one door. @throws InvalidInput, HoplabError `invalid-input` */
export async function readBody<S extends z.ZodType>(request: Request, schema: S): Promise<z.output<S>> {
  return parse(schema, readJson(await readText(request)), `${request.method} ${new URL(request.url).pathname}`);
}

/** Never more than the limit is held, whatever is sent. */
async function readText({ body }: Request): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new HoplabError('invalid-input', 'The request is too long.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new HoplabError('invalid-input', 'The request is not JSON.', '', { cause });
  }
}
