import { auth } from '../../../_server/auth.ts';
import { answering } from '../../../_server/errors.ts';
import { forgetSessions } from '../../../_server/session.ts';

/** better-auth's own routes: signing in and out, accounts, organisations. */
const handle = answering(async (request) => {
  const response = await (await auth()).handler(request);
  if (request.method !== 'GET') forgetSessions();
  return response;
});

export { handle as GET, handle as POST };
