import type { BetterAuthPlugin } from 'better-auth';
import { createAuthEndpoint } from 'better-auth/api';
import { setSessionCookie } from 'better-auth/cookies';

const LOCAL_EMAIL = 'local@localhost.local';

/**
 * The one learner of a machine that listens on loopback alone: signed in without a password, by the server itself
 * (front-door.ts). The endpoint has no path of its own on the web.
 */
export const localLearner = () =>
  ({
    id: 'local-learner',
    endpoints: {
      signInLocally: createAuthEndpoint(
        '/local/sign-in',
        { method: 'POST', metadata: { SERVER_ONLY: true } },
        async (ctx) => {
          const { internalAdapter } = ctx.context;
          const found = await internalAdapter.findUserByEmail(LOCAL_EMAIL);
          const user =
            found?.user ??
            (await internalAdapter
              .createUser({ email: LOCAL_EMAIL, name: 'You', emailVerified: true }, { method: 'anonymous' })
              // Two first visits at once: the e-mail is unique, and the other one has made it.
              .catch(async (error: unknown) => {
                const other = await internalAdapter.findUserByEmail(LOCAL_EMAIL);
                if (other) return other.user;
                throw error;
              }));
          const session = await internalAdapter.createSession(user.id);
          await setSessionCookie(ctx, { session, user });
          return ctx.json({ id: user.id, name: user.name });
        },
      ),
    },
  }) satisfies BetterAuthPlugin;
