import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { createServer as createLock } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { Clusters } from './cluster/clusters.ts';
import { HoplabError } from './contract/errors.ts';
import { parse } from './contract/parse.ts';
import { CONTRACT_VERSION } from './contract/version.ts';
import { LabKeeper, newId } from './lab/keeper.ts';
import { policyFrom, policySchema } from './lab/policy.ts';
import { NamespacesProvider } from './providers/namespaces/index.ts';
import type { Agent } from './server/routes.ts';
import { makeServer } from './server/server.ts';
import { connectTerminalHost } from './terminal/client.ts';

/** The lab-agent: runs labs, terminals and checks on this machine. Started by `npm start`, or alone with a token. */
const environment = policySchema.extend({
  /** `unix:/path/to/socket` or `127.0.0.1:4100`; port 0 takes a free one. */
  HOPLAB_AGENT_LISTEN: z
    .string()
    .regex(/^(unix:\/.+|[^:]+:\d+|\[.+\]:\d+)$/, 'unix:/path or host:port is wanted')
    .default('unix:/run/hoplab/agent.sock'),
  HOPLAB_AGENT_TOKEN: z.string().min(16).optional(),
  HOPLAB_RUN: z.string().startsWith('/').default('/run/hoplab'),
  HOPLAB_IMAGE: z.string().startsWith('/'),
  HOPLAB_IMAGE_HASH: z.string().default('unknown'),
  /** The cluster image's root folder and its name; it may still be being built. */
  HOPLAB_CLUSTER_IMAGE: z.string().startsWith('/').optional(),
  HOPLAB_CLUSTER_IMAGE_HASH: z.string().default('unknown'),
});

const log = (text: string) => console.log(`${new Date().toISOString()} ${text}`);

async function main(): Promise<void> {
  const env = parse(environment, process.env, 'the environment of the agent');
  mkdirSync(env.HOPLAB_RUN, { recursive: true, mode: 0o700 });
  chmodSync(env.HOPLAB_RUN, 0o711);
  await beTheOnlyOne(env.HOPLAB_RUN);
  const token = env.HOPLAB_AGENT_TOKEN ?? makeToken();
  const instance = env.HOPLAB_RUN.replace(/[^a-zA-Z0-9]+/g, '-').replace(/^-/, '');
  const clusterImage = env.HOPLAB_CLUSTER_IMAGE;
  const egress = env.HOPLAB_EGRESS === '1';
  const provider = new NamespacesProvider({
    runDir: env.HOPLAB_RUN,
    image: env.HOPLAB_IMAGE,
    clusterImage,
    instance,
    egress,
  });
  const templateLabs = new Set<string>();
  const clusters = new Clusters({
    provider,
    image: { path: clusterImage ?? '', hash: env.HOPLAB_CLUSTER_IMAGE_HASH },
    newId: () => {
      const id = newId();
      templateLabs.add(id);
      return id;
    },
    log,
  });
  const labsDir = join(env.HOPLAB_RUN, 'labs');
  const keeper = new LabKeeper({
    provider,
    policy: policyFrom(env),
    labsDir,
    image: env.HOPLAB_IMAGE_HASH,
    templateOf: (topology) => clusters.templateOf(topology),
    spared: templateLabs,
    log,
  });
  clusters.onReady((topology) => keeper.want(topology));
  const terminals = await connectTerminalHost({ runDir: env.HOPLAB_RUN });
  keeper.onNodesEnd((id) => terminals.closeLab(id));
  await keeper.takeUp();
  if (egress) log('labs whose topology asks for egress get a way to the real internet (HOPLAB_EGRESS)');
  const lacking = await provider.prepare();
  if (lacking) log(`the machine is not as labs want it: ${lacking}; npm run doctor says more`);
  const features = await provider.features();
  const agent: Agent = {
    keeper,
    terminals,
    clusters,
    hello: async () => ({
      contract: CONTRACT_VERSION,
      agent: hostname(),
      version: '0.1.0',
      provider: provider.name,
      image: env.HOPLAB_IMAGE_HASH,
      features,
      room: keeper.room,
    }),
  };
  const server = makeServer({ agent, token, log });
  log(`listening on ${await listen(server, env.HOPLAB_AGENT_LISTEN)}`);

  let stopping = false;
  const stop = async (all: boolean) => {
    if (stopping) return;
    stopping = true;
    server.close();
    if (all) {
      await keeper.endAll();
      await terminals.shutdown();
      await provider.reap(new Set());
      rmSync(env.HOPLAB_RUN, { recursive: true, force: true });
    }
    log(all ? 'stopped; nothing is left' : 'stopped; labs and shells go on');
    process.exit(0);
  };
  // Ctrl-C ends the labs as well; SIGTERM leaves them to the next agent.
  process.on('SIGINT', () => void stop(true).catch(fail));
  process.on('SIGTERM', () => void stop(false).catch(fail));
}

/** Two agents in one folder would remove each other's labs. An abstract socket is a lock that goes with its process. */
function beTheOnlyOne(runDir: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const lock = createLock().once('error', () => {
      const hint = 'End it first, or give this one another HOPLAB_RUN.';
      reject(new HoplabError('conflict', `another agent runs in ${runDir}`, hint));
    });
    lock.listen(`\0hoplab-agent ${runDir}`, resolve).unref();
  });
}

function makeToken(): string {
  const token = randomBytes(24).toString('base64url');
  log(`no HOPLAB_AGENT_TOKEN given; this run takes ${token}`);
  return token;
}

function listen(server: Server, at: string): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    if (at.startsWith('unix:')) {
      const path = at.slice('unix:'.length);
      rmSync(path, { force: true });
      server.listen(path, () => {
        // Whoever may connect still needs the token; the app may be another user than root.
        chmodSync(path, 0o666);
        resolve(at);
      });
      return;
    }
    const colon = at.lastIndexOf(':');
    server.listen(Number(at.slice(colon + 1)), at.slice(0, colon).replace(/^\[|\]$/g, ''), () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? `http://${address.address}:${address.port}` : at);
    });
  });
}

function fail(error: unknown): void {
  const hint = error instanceof HoplabError && error.hint ? `\n→ ${error.hint}` : '';
  console.error(error instanceof Error ? `${error.message}${hint}` : error);
  process.exit(1);
}

// A surprise outside of any request: labs and shells must not go with it.
process.on('unhandledRejection', (error) => log(`surprise: ${error instanceof Error ? error.stack : String(error)}`));
main().catch(fail);
