import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import { type TestAgent, testAgent } from './testing/test-agent.ts';
import { sitDown } from './testing/typist.ts';

const MINUTE = 60_000;
const topology = {
  title: 'two',
  networks: { lan: null },
  nodes: {
    one: { interfaces: { eth0: { network: 'lan', address: '10.9.0.1/24' } } },
    two: { interfaces: { eth0: { network: 'lan', address: '10.9.0.2/24' } } },
  },
};
const namespaceRed = { id: 'red', items: [{ expect: { kind: 'namespace', params: { node: 'one', name: 'RED' } } }] };

describe("the agent's door", () => {
  let agent: TestAgent;
  beforeAll(async () => {
    agent = await testAgent({ maxLabs: 4, maxLabsPerOwner: 2 });
  });
  afterAll(async () => await agent[Symbol.asyncDispose]());
  const make = (owner: string) => agent.call('POST', '/v1/labs', { owner, name: 'two', topology });
  const end = (id: string) => agent.call('DELETE', `/v1/labs/${id}`);

  test('asks for the token on every path and socket', async () => {
    const answer = await fetch(`${agent.url}/v1/labs`, { headers: { authorization: 'Bearer wrong' } });
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({
      error: { code: 'unauthorized', hint: expect.stringMatching(/HOPLAB_AGENT_TOKEN/) },
    });
    expect((await fetch(`${agent.url}/v1/hello`)).status).toBe(401);
    expect((await fetch(`${agent.url}/healthz`)).status).toBe(200);
  });

  test('says what is wrong with a topology, in full', async () => {
    const bad = { title: 'bad', networks: { lan: null }, nodes: { one: { interfaces: { eth0: { network: 'wan' } } } } };
    const { status, body } = await agent.call('POST', '/v1/labs', { owner: 'a', name: 'bad', topology: bad });
    expect(status).toBe(400);
    expect(body.error.message).toMatchInlineSnapshot(
      `"bad: nodes.one.interfaces.eth0.network: no network "wan"; the networks are: lan"`,
    );
    const typo = await agent.call('POST', '/v1/labs', { owner: 'a', name: 'bad', topology: { ...topology, node: {} } });
    expect(typo.body.error.message).toMatch(/topology\.node: unknown key "node"/);
  });

  test('keeps to the number of labs for one learner and in all', async () => {
    const labs = await Promise.all([make('a'), make('a')]);
    expect(await make('a')).toMatchObject({ status: 429, body: { error: { code: 'limit-reached' } } });
    labs.push(await make('b'), await make('c'));
    expect(await make('d')).toMatchObject({ status: 503, body: { error: { code: 'no-room' } } });
    await Promise.all(labs.map(({ body }) => end(body.id)));
    expect((await agent.call('GET', '/v1/labs')).body).toEqual({ labs: [] });
  });

  test('tells a lab that is not there from one that is', async () => {
    const { body: lab } = await make('a');
    expect((await agent.call('GET', `/v1/labs/${lab.id}`)).body).toMatchObject({ id: lab.id, phase: 'ready' });
    expect(await agent.call('GET', '/v1/labs/000000000000')).toMatchObject({
      status: 404,
      body: { error: { code: 'not-found' } },
    });
    expect(await agent.call('POST', `/v1/labs/${lab.id}/terminals`, { node: 'three', name: 'x' })).toMatchObject({
      status: 404,
      body: { error: { message: 'there is no terminal on "three"', hint: 'Nodes with a shell: one, two.' } },
    });
    await end(lab.id);
    expect((await agent.call('GET', `/v1/labs/${lab.id}`)).status).toBe(404);
  });

  test("a session of one lab cannot be attached to by way of another's", async () => {
    const [mine, other] = await Promise.all([make('a'), make('b')]);
    const { body: session } = await agent.call('POST', `/v1/labs/${mine.body.id}/terminals`, {
      node: 'one',
      name: 'x',
    });
    const refused = agent.socket(`/v1/labs/${other.body.id}/terminals/${session.id}/attach`);
    await expect(new Promise((_, reject) => refused.on('error', reject))).rejects.toThrow('404');
    await Promise.all([end(mine.body.id), end(other.body.id)]);
  });

  test('a watcher is told when the kernel changes, when the prompt is back, and when the lab is reset', async () => {
    const { body: lab } = await make('a');
    const told = listen(agent.socket(`/v1/labs/${lab.id}/watch`));
    await told.open;
    const file = { id: 'file', items: [{ expect: { kind: 'file', params: { node: 'one', path: '/root/made' } } }] };
    told.send({ type: 'watch', checks: [namespaceRed, file] });
    await expect.poll(() => told.verdicts('first')).toEqual({ red: 'not-met', file: 'not-met' });
    await agent.keeper.get(lab.id).running.runInside('one', 'ip netns add RED', { timeoutMs: 5000 });
    await expect.poll(() => told.verdicts('kernel')).toEqual({ red: 'met' });
    using typist = await sitDown(agent, lab.id, 'one');
    await typist.type('touch /root/made');
    await expect.poll(() => told.verdicts('prompt')).toEqual({ file: 'met' });
    told.clear();
    await agent.call('POST', `/v1/labs/${lab.id}/reset`);
    await expect.poll(() => told.verdicts('first')).toEqual({ red: 'not-met', file: 'not-met' });
    expect((await agent.call('GET', `/v1/labs/${lab.id}/terminals`)).body).toEqual({ terminals: [] });
    await end(lab.id);
    await expect.poll(() => told.events('gone')).toEqual([{ type: 'gone', reason: 'destroyed' }]);
  });

  test('many resets at once end in one whole lab', async () => {
    const { body: lab } = await make('a');
    const all = await Promise.all(Array.from({ length: 5 }, () => agent.call('POST', `/v1/labs/${lab.id}/reset`)));
    expect(all.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(
      (await agent.call('POST', `/v1/labs/${lab.id}/checks`, { checks: [namespaceRed] })).body.results[0],
    ).toMatchObject({
      verdict: 'not-met',
      cause: 'button',
    });
    await end(lab.id);
  });
});

describe('the clock', () => {
  test('freezes what nobody looks at, warns before the end, extends on request, and ends', async () => {
    await using agent = await testAgent({
      freezeUnseenMs: MINUTE,
      idleMs: 60 * MINUTE,
      warnMs: 10 * MINUTE,
      lifeMs: 100 * MINUTE,
      extensions: 1,
    });
    const { body: lab } = await agent.call('POST', '/v1/labs', { owner: 'a', name: 'two', topology });
    const phase = async () => (await agent.call('GET', `/v1/labs/${lab.id}`)).body?.phase;
    await agent.keeper.tick(Date.now() + 2 * MINUTE);
    expect(await phase()).toBe('frozen');

    const told = listen(agent.socket(`/v1/labs/${lab.id}/watch`));
    await told.open;
    await expect.poll(phase).toBe('ready');
    await agent.keeper.tick(Date.now() + 2 * MINUTE);
    expect(await phase()).toBe('ready');

    await agent.keeper.tick(Date.now() + 55 * MINUTE);
    await expect.poll(() => told.events('warning')).toMatchObject([{ reason: 'idle' }]);
    const longer = await agent.call('POST', `/v1/labs/${lab.id}/extend`);
    expect(longer.body.expiresAt).toBeGreaterThan(lab.expiresAt);
    expect((await agent.call('POST', `/v1/labs/${lab.id}/extend`)).body.error.code).toBe('limit-reached');

    await agent.keeper.tick(Date.now() + 61 * MINUTE);
    await expect.poll(() => told.events('gone')).toEqual([{ type: 'gone', reason: 'idle' }]);
    expect(await phase()).toBeUndefined();
  });

  test('a frozen lab goes on at the first key', async () => {
    await using agent = await testAgent({ freezeUnusedMs: MINUTE });
    const { body: lab } = await agent.call('POST', '/v1/labs', { owner: 'a', name: 'two', topology });
    using typist = await sitDown(agent, lab.id, 'one');
    await agent.keeper.tick(Date.now() + 2 * MINUTE);
    expect((await agent.call('GET', `/v1/labs/${lab.id}`)).body.phase).toBe('frozen');
    expect(await typist.type('echo thawed')).toMatch(/thawed/);
    expect((await agent.call('GET', `/v1/labs/${lab.id}`)).body.phase).toBe('ready');
  });

  test('a lab whose node was rebooted is removed and its watchers hear why', async () => {
    await using agent = await testAgent();
    const { body: lab } = await agent.call('POST', '/v1/labs', { owner: 'a', name: 'two', topology });
    const told = listen(agent.socket(`/v1/labs/${lab.id}/watch`));
    await told.open;
    await agent.keeper.get(lab.id).running.runInside('one', 'busybox reboot -f', { timeoutMs: 5000 });
    await expect
      .poll(async () => {
        await agent.keeper.tick();
        return told.events('gone');
      })
      .toEqual([{ type: 'gone', reason: 'crashed' }]);
  });
});

type Told = { type: string; reason?: string; results?: { id: string; verdict: string; cause: string }[] };

function listen(socket: WebSocket) {
  let all: Told[] = [];
  socket.on('message', (data: Buffer) => all.push(JSON.parse(data.toString())));
  return {
    open: new Promise<void>((resolve) => socket.on('open', () => resolve())),
    send: (message: unknown) => socket.send(JSON.stringify(message)),
    clear: () => {
      all = [];
    },
    events: (type: string) => all.filter((event) => event.type === type),
    /** The last verdict of each check that was told with this cause. */
    verdicts: (cause: string) =>
      Object.fromEntries(
        all.flatMap(({ results = [] }) => results.filter((r) => r.cause === cause).map((r) => [r.id, r.verdict])),
      ),
  };
}
