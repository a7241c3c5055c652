import { EventEmitter } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import WebSocket from 'ws';
import type { Preparation } from '../../../lab-agent/contract/agent-api.ts';
import type { LabDescription } from '../../../lab-agent/contract/lab.ts';
import { type Database, openDatabase } from '../../_server/database.ts';
import { AgentClient } from '../agents/client.ts';
import { clustersInUse, prepareClusters } from '../agents/prepare-clusters.ts';
import { writeFixtureCourse } from '../testing/fixture-course.ts';
import type { GatewayMessage } from '../wire.ts';
import { LabSession } from './lab-session.ts';
import { PageSocket } from './page-socket.ts';

const lab: LabDescription = {
  id: 'aaaaaaaaaaaa',
  owner: 'ann',
  topology: 'fixture/one',
  phase: 'ready',
  nodes: [],
  standsIn: [],
  image: 'i',
  provider: 'p',
  createdAt: 1,
  buildMs: 1,
  expiresAt: 1,
  idleExpiresAt: 1,
  extensionsLeft: 0,
  cluster: [{ id: 'api', reached: false, observed: 'no answer yet' }],
};

/** Answers as an agent does whose cluster takes so many questions to make. A real one takes minutes. */
class SlowAgent {
  readonly asked: string[] = [];
  answers: Preparation[] = [];
  readonly #server: Server = createServer((request, response) => {
    const what = `${request.method} ${request.url}`;
    this.asked.push(what);
    request.resume().on('end', () => {
      const body = what === 'POST /v1/clusters' ? this.#next() : what === 'POST /v1/labs' ? lab : { terminals: [] };
      response.end(JSON.stringify(body));
    });
  });

  async listen(path: string): Promise<AgentClient> {
    await new Promise<void>((done) => this.#server.listen(path, done));
    return new AgentClient(`unix:${path}`, 'token');
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #next() {
    return this.answers.length > 1 ? this.answers.shift() : this.answers[0];
  }
}

/** What a page is told. */
class Heard extends EventEmitter {
  readonly readyState = WebSocket.OPEN;
  readonly bufferedAmount = 0;
  readonly messages: GatewayMessage[] = [];
  send(text: string) {
    this.messages.push(JSON.parse(text));
  }
  close() {}
}

let folder: string;
let db: Database;
let agent: SlowAgent;
let client: AgentClient;
let session: LabSession;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hoplab-prep-'));
  writeFixtureCourse(folder);
  mkdirSync(join(folder, 'fixture', 'topologies'), { recursive: true });
  const cluster = '{ controlPlane: m1, interface: eth0, podSubnet: 172.16.0.0/16 }';
  const topology = `title: T\nnetworks: { lan: }\nnodes:\n  m1: { interfaces: { eth0: { network: lan, address: 10.0.0.1/24 } } }\ncluster: ${cluster}\n`;
  writeFileSync(join(folder, 'fixture', 'topologies', 'one.yaml'), topology);
  vi.stubEnv('HOPLAB_CONTENT', folder);
  db = await openDatabase({ data: folder, databaseUrl: undefined });
  await db.user.create({ data: { id: 'ann', name: 'Ann', email: 'ann@example.org' } });
  agent = new SlowAgent();
  client = await agent.listen(join(folder, 'a.sock'));
  session = new LabSession({ db, agents: [client], place: { userId: 'ann', course: 'fixture', lesson: 'names' } });
});
afterEach(async () => {
  vi.useRealTimers();
  session[Symbol.dispose]();
  agent.close();
  await db.$disconnect();
  rmSync(folder, { recursive: true });
  vi.unstubAllEnvs();
});

async function open() {
  const heard = new Heard();
  const page = new PageSocket(heard as unknown as WebSocket, 'en');
  await session.join(page);
  const until = (type: GatewayMessage['type']) =>
    vi.waitFor(() => expect(heard.messages.map((m) => m.type)).toContain(type), { timeout: 10_000 });
  return { heard, page, until };
}

const compiling: Preparation = { state: 'image', fraction: 0.4, stage: 'compiling kube-apiserver' };
const ready: Preparation = { state: 'ready', fraction: 1, stage: '' };

it('tells how far a cluster is, and starts the lab by itself when it is ready', async () => {
  agent.answers = [compiling, { ...compiling, state: 'template', fraction: 0.1 }, ready];
  const { heard, until } = await open();
  expect(heard.messages.at(-1)).toEqual({ type: 'preparing', preparation: compiling });
  expect(agent.asked).not.toContain('POST /v1/labs');
  await until('lab');
  const told = heard.messages.flatMap((m) => (m.type === 'preparing' ? [m.preparation.state] : []));
  expect(told).toEqual(['image', 'template']);
  expect(heard.messages.find((m) => m.type === 'lab')).toMatchObject({ lab: { cluster: lab.cluster } });
});

/** How often the agent was asked, once all that was begun has come to its end: what changes a lab goes one after another. */
const timesAsked = () => agent.asked.filter((what) => what === 'POST /v1/clusters').length;

it('tells what went wrong, and does not try again before it is asked to', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const failed: Preparation = { state: 'failed', fraction: 0, stage: '', problem: 'The disk is full.' };
  agent.answers = [failed, failed, ready];
  const { heard, page, until } = await open();
  expect(heard.messages.at(-1)).toMatchObject({ type: 'preparing', preparation: { problem: 'The disk is full.' } });
  await vi.advanceTimersByTimeAsync(60_000);
  await session.handle(page, { type: 'start' });
  expect(timesAsked()).toBe(2);
  await session.handle(page, { type: 'start' });
  await until('lab');
});

it('asks for nothing more when nobody looks', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  agent.answers = [compiling];
  const { page } = await open();
  session.leave(page);
  await vi.advanceTimersByTimeAsync(60_000);
  await session.join(page);
  expect(timesAsked()).toBe(2);
});

it('tells every agent at the start which clusters the lessons use', async () => {
  agent.answers = [compiling];
  await prepareClusters([client]);
  expect(agent.asked).toEqual(['POST /v1/clusters']);
  expect((await clustersInUse()).map(({ name, topology }) => [name, topology.cluster?.controlPlane])).toEqual([
    ['fixture/one', 'm1'],
  ]);
});
