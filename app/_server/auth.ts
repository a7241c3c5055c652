import { betterAuth } from 'better-auth';
import { prismaAdapter } from 'better-auth/adapters/prisma';
import { organization } from 'better-auth/plugins';
import { type Database, database } from './database.ts';
import { type Env, env, sessionSecret } from './env.ts';
import { localLearner } from './local-learner.ts';
import { processWide } from './process-wide.ts';

const DAY_SECONDS = 24 * 3600;

/** Who is who: better-auth on our database. */
export const auth = () => processWide('auth', async () => createAuth(env(), await database()));
export type Auth = Awaited<ReturnType<typeof auth>>;

/** Accounts with e-mail and password, or the one local learner on loopback. */
export function createAuth(settings: Env, db: Database) {
  return betterAuth({
    appName: 'Hoplab',
    baseURL: settings.publicUrl ?? `http://localhost:${settings.port}`,
    // The front door has compared Origin with Host already; the port is not always known beforehand (HOPLAB_PORT=0).
    trustedOrigins: (request) => {
      const host = request?.headers.get('host');
      return host && !settings.publicUrl ? [`http://${host}`] : [];
    },
    secret: sessionSecret(settings),
    database: prismaAdapter(db, { provider: settings.databaseUrl ? 'postgresql' : 'sqlite' }),
    telemetry: { enabled: false },
    emailAndPassword: { enabled: settings.accounts, autoSignIn: true },
    session: { expiresIn: (settings.accounts ? 30 : 365) * DAY_SECONDS, updateAge: DAY_SECONDS },
    // Cookies know no ports: two Hoplabs on one machine would overwrite each other's.
    advanced: { cookiePrefix: settings.publicUrl ? 'hoplab' : `hoplab-${settings.port}` },
    plugins: [organization(), localLearner()],
  });
}
