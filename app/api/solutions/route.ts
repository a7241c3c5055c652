import * as z from 'zod';
import { HoplabError } from '../../../lab-agent/contract/errors.ts';
import { blockId } from '../../../lab-agent/contract/names.ts';
import { parse } from '../../../lab-agent/contract/parse.ts';
import { recordSolutionSeen } from '../../_progress/record.ts';
import { database } from '../../_server/database.ts';
import { answering } from '../../_server/errors.ts';
import { requireLearner } from '../../_server/session.ts';
import { findStep } from '../find-step.ts';

const query = z.object({
  course: z.string().max(64),
  lesson: z.string().max(64),
  step: blockId,
  index: z.coerce.number().int().min(0),
});

/** One solution of a step, `{ node, script }`; solutions are not in the page, and opening one is recorded. */
export const GET = answering(async (request) => {
  const { id: userId } = await requireLearner(request.headers);
  const asked = parse(query, Object.fromEntries(new URL(request.url).searchParams), '/api/solutions');
  const { step } = await findStep(asked);
  const solution = step.solutions[asked.index];
  if (!solution) throw new HoplabError('not-found', 'The step has no such solution.');
  await recordSolutionSeen(await database(), { userId, ...asked });
  return Response.json(solution, { headers: { 'cache-control': 'no-store' } });
});
