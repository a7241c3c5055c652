import * as z from 'zod';
import { blockId } from '../../../lab-agent/contract/names.ts';
import { recordPlace } from '../../_progress/record.ts';
import { database } from '../../_server/database.ts';
import { answering } from '../../_server/errors.ts';
import { requireLearner } from '../../_server/session.ts';
import { findStep } from '../find-step.ts';
import { readBody } from '../read-body.ts';

const body = z.strictObject({ course: z.string().max(64), lesson: z.string().max(64), step: blockId });

/** Where the learner is now, so that the course page can lead back there. */
export const POST = answering(async (request) => {
  const { id: userId } = await requireLearner(request.headers);
  const place = await readBody(request, body);
  await findStep(place);
  await recordPlace(await database(), { userId, ...place });
  return new Response(null, { status: 204 });
});
