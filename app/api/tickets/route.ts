import { HoplabError } from '../../../lab-agent/contract/errors.ts';
import { type TicketPurpose, tickets } from '../../_lab/tickets.ts';
import { ticketRequest } from '../../_lab/wire.ts';
import { loadLesson } from '../../_lessons/index.ts';
import { labOf } from '../../_progress/labs.ts';
import { database } from '../../_server/database.ts';
import { answering } from '../../_server/errors.ts';
import { requireLearner } from '../../_server/session.ts';
import { readBody } from '../read-body.ts';

/** A one-time ticket for one socket, for what the learner may open. */
export const POST = answering(async (request) => {
  const learner = await requireLearner(request.headers);
  const purpose = await readBody(request, ticketRequest);
  await mayOpen(learner.id, purpose);
  return Response.json({ ticket: tickets().issue(learner.id, purpose) });
});

async function mayOpen(learner: string, purpose: TicketPurpose): Promise<void> {
  if (purpose.for === 'lab') {
    await loadLesson(purpose.course, purpose.lesson, purpose.lang);
    return;
  }
  if (await labOf(await database(), learner, purpose.lab)) return;
  throw new HoplabError('not-found', 'There is no such lab.', 'It may have ended: start it again.');
}
