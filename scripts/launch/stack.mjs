import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { mark } from './alive.mjs';
import { untilHealthy } from './health.mjs';
import { nodeImage } from './image.mjs';
import { instanceNote } from './instance.mjs';
import { choosePort } from './ports.mjs';
import { asRoot, isRoot } from './privilege.mjs';
import { endProcess, startProcess } from './processes.mjs';
import { tool } from './run.mjs';
import { root, settings } from './settings.mjs';

const AGENT_READY_MS = 30_000;
const APP_READY_MS = 60_000;
const APP_ENDS_MS = 10_000;
/** It removes every lab first. */
const AGENT_ENDS_MS = 60_000;
/** A process that ends is started again; one that has so often not lived so long has something wrong with it. */
const SHORT_LIFE_MS = 5_000;
const SHORT_LIVES = 4;
const PAUSE_MS = 300;

/**
 * Starts agent and app from what was built, and keeps them running: one that dies is started again.
 * @param {{
 *   dataDir: string, runDir: string, port?: number, host?: string, contentDir?: string,
 *   app?: boolean, dev?: boolean, env?: Record<string, string>, onTrouble?: (text: string) => void
 * }} options port 0 is any free one; `app: false` starts the agent alone; `env` goes to both
 * @returns {Promise<{ url: string, agentUrl: string, token: string, dataDir: string, pids(): { app?: number, agent: number }, stop(options?: { keepLabs?: boolean }): Promise<void> }>}
 */
export async function startStack({
  dataDir,
  runDir,
  port = 0,
  host = '127.0.0.1',
  contentDir = join(root, 'content'),
  app = true,
  dev = false,
  env = {},
  onTrouble = () => undefined,
}) {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const image = await nodeImage();
  const agentUrl = `unix:${join(runDir, 'agent.sock')}`;
  const token = agentToken(dataDir);
  const chosen = app ? await choosePort(port, host) : 0;
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${chosen}`;
  const shared = {
    NODE_ENV: dev ? 'development' : 'production',
    NEXT_TELEMETRY_DISABLED: '1',
    HOPLAB_ROOT: root,
    HOPLAB_DATA: dataDir,
    HOPLAB_CONTENT: contentDir,
    HOPLAB_RUN: runDir,
    HOPLAB_IMAGE: image.path,
    HOPLAB_IMAGE_HASH: image.hash,
    HOPLAB_CLUSTER_IMAGE: image.cluster.path,
    HOPLAB_CLUSTER_IMAGE_HASH: image.cluster.hash,
    HOPLAB_AGENT_LISTEN: agentUrl,
    HOPLAB_AGENT_URL: agentUrl,
    HOPLAB_AGENT_TOKEN: token,
    HOPLAB_HOST: host,
    HOPLAB_PORT: String(chosen),
    HOPLAB_DEV: dev ? '1' : '',
    XDG_CACHE_HOME: settings().cache,
    ...env,
  };
  const start = (name) => {
    const argv = commandOf(name, dev);
    const log = join(dataDir, 'logs', `${name}.log`);
    return startProcess({
      name,
      argv: name === 'agent' ? asRoot(argv, 'The agent', Object.keys(shared)) : argv,
      env: shared,
      log,
      show: dev,
    });
  };

  const running = {};
  /** The first start must succeed; only then is what dies started again. */
  let phase = 'starting';
  const note = () =>
    instanceNote(dataDir).write({
      url,
      app: running.app && mark(running.app.pid),
      agent: running.agent && mark(running.agent.pid),
    });
  const keep = (name, shortLives = 0) => {
    const since = performance.now();
    const one = start(name);
    running[name] = one;
    note();
    void one.exited.then(async (why) => {
      if (phase !== 'up') return;
      const short = performance.now() - since < SHORT_LIFE_MS ? shortLives + 1 : 0;
      if (short >= SHORT_LIVES) return onTrouble(`The ${name} ${why} again and again: left alone. Its log: ${one.log}`);
      onTrouble(`The ${name} ${why}; starting it again.`);
      await sleep(PAUSE_MS);
      if (phase === 'up') keep(name, short);
    });
    return one;
  };
  const stop = async ({ keepLabs = false } = {}) => {
    phase = 'stopping';
    if (running.app) await endProcess(running.app, { ms: APP_ENDS_MS });
    if (running.agent) {
      const gentle = await endProcess(running.agent, { signal: keepLabs ? 'SIGTERM' : 'SIGINT', ms: AGENT_ENDS_MS });
      // Labs and shells that go on need it; else it is empty folders and a log of shells that are gone.
      if (gentle && !keepLabs && isRoot()) rmSync(runDir, { recursive: true, force: true });
      if (!gentle) onTrouble('The agent did not end and was killed: the next start removes what is left of its labs.');
    }
    instanceNote(dataDir).remove();
  };

  try {
    await Promise.all([
      untilHealthy(keep('agent'), { url: agentUrl, path: '/v1/hello', token, ms: AGENT_READY_MS }),
      app && untilHealthy(keep('app'), { url, path: '/healthz', ms: APP_READY_MS }),
    ]);
  } catch (error) {
    await stop({ keepLabs: hasLabs(runDir) });
    throw error;
  }
  phase = 'up';
  return { url, agentUrl, token, dataDir, pids: () => ({ app: running.app?.pid, agent: running.agent.pid }), stop };
}

/** Labs of an earlier start must not die because this one fails. */
function hasLabs(runDir) {
  try {
    return readdirSync(join(runDir, 'labs')).length > 0;
  } catch (error) {
    return error.code !== 'ENOENT';
  }
}

function commandOf(name, dev) {
  const [source, bundle] = name === 'app' ? ['server.ts', 'dist/server.mjs'] : ['lab-agent/main.ts', 'dist/agent.mjs'];
  return dev
    ? [process.execPath, tool('tsx'), 'watch', '--clear-screen=false', source]
    : [process.execPath, '--enable-source-maps', bundle];
}

/** The secret that app and agent share: made once per data folder, for its owner alone. */
function agentToken(dataDir) {
  const file = join(dataDir, 'agent-token');
  const kept = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  if (kept) return kept;
  // Whole or not at all: a full disk would leave an empty one behind, and nothing could speak to the agent any more.
  const token = randomBytes(32).toString('base64url');
  writeFileSync(`${file}.new`, token, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return token;
}
