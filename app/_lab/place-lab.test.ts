import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { CreateLab, Preparation } from '../../lab-agent/contract/agent-api.ts';
import { HoplabError } from '../../lab-agent/contract/errors.ts';
import type { LabDescription } from '../../lab-agent/contract/lab.ts';
import { type Database, openDatabase } from '../_server/database.ts';
import type { AgentClient } from './agents/client.ts';
import { placeLab } from './place-lab.ts';

/** What placing needs of an agent, with labs in memory: two per owner. */
class FakeAgent {
  readonly address: { url: string };
  readonly held = new Map<string, LabDescription>();
  silent = false;
  /** What it says of clusters, one after another; the last one for ever. */
  preparations: Preparation[] = [];
  refuses: HoplabError | undefined;
  #made = 0;
  readonly #room: number;

  constructor(name: string, room = 10) {
    this.address = { url: `unix:/${name}` };
    this.#room = room;
  }

  async hello() {
    this.#answer();
    return {
      room: { labs: this.held.size, maxLabs: this.#room, maxLabsPerOwner: 2 },
      features: { ipip: true, vrf: false },
    };
  }

  async labs() {
    return [...this.held.values()];
  }

  async lab(id: string) {
    this.#answer();
    const lab = this.held.get(id);
    if (!lab) throw new HoplabError('not-found', 'no such lab');
    return lab;
  }

  async prepareCluster() {
    const [now] = this.preparations.length > 1 ? this.preparations.splice(0, 1) : this.preparations;
    return now;
  }

  async createLab({ owner, name }: CreateLab) {
    if (this.refuses) throw this.refuses;
    if ([...this.held.values()].filter((lab) => lab.owner === owner).length >= 2) {
      throw new HoplabError('limit-reached', 'two labs per learner');
    }
    const id = `${this.address.url.slice(6)}${String(++this.#made).padStart(12, '0')}`.slice(-12);
    const lab: LabDescription = {
      id,
      owner,
      topology: name,
      phase: 'ready',
      nodes: [],
      standsIn: [],
      image: 'i',
      provider: 'p',
      createdAt: 0,
      buildMs: 1,
      expiresAt: Date.now() + 1e6,
      idleExpiresAt: this.#made,
      extensionsLeft: 0,
    };
    this.held.set(id, lab);
    return lab;
  }

  async destroy(id: string) {
    this.held.delete(id);
  }

  #answer() {
    if (this.silent) throw new HoplabError('unavailable', 'silent');
  }
}

let folder: string;
let db: Database;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hoplab-place-'));
  db = await openDatabase({ data: folder, databaseUrl: undefined });
  await db.user.create({ data: { id: 'ann', name: 'Ann', email: 'ann@example.org' } });
});
afterEach(async () => {
  await db.$disconnect();
  rmSync(folder, { recursive: true });
});

type Wanted = { needs?: string[]; cluster?: object };
function ask(lesson: string, agents: FakeAgent[], { needs = [], cluster }: Wanted = {}) {
  return placeLab(db, agents as unknown as AgentClient[], {
    place: { userId: 'ann', course: 'c', lesson },
    topology: 'one',
    needs,
    load: async () => ({ title: 't', networks: {}, nodes: {}, limits: {}, standsIn: [], cluster }) as never,
    onBuilding: () => {},
  });
}

async function place(lesson: string, agents: FakeAgent[], needs: string[] = []) {
  const placed = await ask(lesson, agents, { needs });
  if ('preparation' in placed) throw new Error(`not prepared: ${placed.preparation.stage}`);
  return placed;
}

it('finds the lab of a lesson again, and makes another for another lesson', async () => {
  const agent = new FakeAgent('a');
  const first = await place('one', [agent]);
  expect((await place('one', [agent])).lab.id).toBe(first.lab.id);
  expect((await place('two', [agent])).lab.id).not.toBe(first.lab.id);
});

it('makes a new one when the agent does not know the old one any more', async () => {
  const agent = new FakeAgent('a');
  const { lab } = await place('one', [agent]);
  agent.held.clear();
  expect((await place('one', [agent])).lab.id).not.toBe(lab.id);
  expect((await db.lab.findUnique({ where: { id: lab.id } }))?.endReason).toBe('gone');
});

it('does not take a silent agent for a lost lab', async () => {
  const agent = new FakeAgent('a');
  await place('one', [agent]);
  agent.silent = true;
  await expect(place('one', [agent])).rejects.toMatchObject({ code: 'unavailable' });
  agent.silent = false;
  expect(agent.held.size).toBe(1);
});

it('ends the lab used least recently when the learner has too many', async () => {
  const agent = new FakeAgent('a');
  const first = await place('one', [agent]);
  const second = await place('two', [agent]);
  const third = await place('three', [agent]);
  expect([...agent.held.keys()]).toEqual([second.lab.id, third.lab.id]);
  expect((await db.lab.findUnique({ where: { id: first.lab.id } }))?.endReason).toBe('replaced');
});

it('takes the agent with most room, and says when all are full', async () => {
  const [small, large, dead] = [new FakeAgent('s', 1), new FakeAgent('l', 3), new FakeAgent('d')];
  dead.silent = true;
  expect((await place('one', [small, large, dead])).client).toBe(large);
  await expect(place('two', [new FakeAgent('x', 0), new FakeAgent('y', 0)])).rejects.toThrowErrorMatchingInlineSnapshot(
    `[HoplabError: All machines for labs are full.]`,
  );
});

it('names the kernel features that a lesson lacks', async () => {
  await expect(place('one', [new FakeAgent('a')], ['ipip', 'vrf'])).rejects.toThrowErrorMatchingInlineSnapshot(
    `[HoplabError: The labs' machine lacks what this lesson needs: vrf.]`,
  );
});

it('makes no lab while its cluster is being made, and makes it then', async () => {
  const agent = new FakeAgent('a');
  const stage = 'compiling kube-apiserver';
  agent.preparations = [
    { state: 'image', fraction: 0.43, stage },
    { state: 'ready', fraction: 1, stage: '' },
  ];
  const cluster = { controlPlane: 'k8s-m' };
  expect(await ask('one', [agent], { cluster })).toEqual({ preparation: { state: 'image', fraction: 0.43, stage } });
  expect(agent.held.size).toBe(0);
  expect(await ask('one', [agent], { cluster })).toHaveProperty('lab.id');
});

it('takes an agent that is not ready after all for one that is still preparing', async () => {
  const agent = new FakeAgent('a');
  agent.preparations = [{ state: 'ready', fraction: 1, stage: '' }];
  agent.refuses = new HoplabError('not-ready', 'the template is being made anew');
  expect(await ask('one', [agent], { cluster: {} })).toMatchObject({
    preparation: { state: 'template', stage: 'the template is being made anew' },
  });
  await expect(ask('one', [agent])).rejects.toMatchObject({ code: 'not-ready' });
});
