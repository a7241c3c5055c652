import * as z from 'zod';
import { parse } from '../contract/parse.ts';
import type { Round } from './round.ts';
import { firstLine } from './text.ts';
import type { Read } from './tool-json.ts';

/** Reads objects of a cluster's API and checks their shape: learners write them, and what does not fit was not seen. */

const failureShape = z.object({ message: z.string().optional() });
const listShape = z.object({ items: z.array(z.unknown()) });

/** One object; `data` is undefined when the API knows none of that name. */
export async function readObject<S extends z.ZodType>(
  round: Round,
  path: string,
  shape: S,
): Promise<Read<z.output<S> | undefined>> {
  const answer = await round.api(path);
  if (!answer.ok) return answer;
  if (answer.status === 404) return { ok: true, data: undefined };
  return fitting(path, answer, shape);
}

/** The objects of a list. An API that does not know the resource has none. */
export async function readObjects<S extends z.ZodType>(
  round: Round,
  path: string,
  shape: S,
): Promise<Read<z.output<S>[]>> {
  const answer = await round.api(path);
  if (!answer.ok) return answer;
  if (answer.status === 404) return { ok: true, data: [] };
  const list = fitting(path, answer, listShape);
  return list.ok ? fitting(path, { status: 200, body: list.data.items }, z.array(shape)) : list;
}

function fitting<S extends z.ZodType>(
  path: string,
  { status, body }: { status: number; body: unknown },
  shape: S,
): Read<z.output<S>> {
  const failed = (why: string) => ({ ok: false, missing: false, why: `${path}: ${firstLine(why)}` }) as const;
  if (status < 200 || status > 299) {
    const said = failureShape.safeParse(body).data?.message;
    return failed(`the API answered ${status}${said ? `: ${said}` : ''}`);
  }
  try {
    return { ok: true, data: parse(shape, body, 'the API answered something unexpected') };
  } catch (error) {
    return failed((error as Error).message);
  }
}
