import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import WebSocket from 'ws';
import { INPUT_FRAME } from '../../../lab-agent/contract/terminal.ts';
import { AgentProcess } from '../testing/agent-process.ts';
import { writeFixtureCourse } from '../testing/fixture-course.ts';
import { TestPage } from '../testing/page.ts';
import { tickets } from '../tickets.ts';

const scratch = mkdtempSync('/tmp/hoplab-gw-');
const place = { userId: 'ann', course: 'fixture', lesson: 'names' };
const server = createServer();
let agent: AgentProcess;
let origin: string;

beforeAll(async () => {
  agent = await AgentProcess.start(join(scratch, 'run'));
  writeFixtureCourse(join(scratch, 'content'));
  Object.assign(process.env, {
    HOPLAB_DATA: join(scratch, 'data'),
    HOPLAB_CONTENT: join(scratch, 'content'),
    HOPLAB_AGENT_URL: agent.url,
    HOPLAB_AGENT_TOKEN: agent.token,
    DATABASE_URL: '',
  });
  const { database } = await import('../../_server/database.ts');
  const db = await database();
  for (const id of ['ann', 'bob']) await db.user.create({ data: { id, name: id, email: `${id}@example.org` } });
  const { Gateway } = await import('./gateway.ts');
  const gateway = new Gateway();
  server.on('upgrade', (request, socket, head) => {
    if (!gateway.upgrade(request, socket, head)) socket.destroy();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await agent?.[Symbol.asyncDispose]();
  rmSync(scratch, { recursive: true, force: true });
});

function openPage(learner = 'ann'): TestPage {
  const ticket = tickets().issue(learner, { for: 'lab', course: 'fixture', lesson: 'names', lang: 'en' });
  return new TestPage(`${origin.replace('http', 'ws')}/ws/lab?ticket=${ticket}`, origin);
}

function openTerminal(learner: string, lab: string, terminal: string): WebSocket {
  const ticket = tickets().issue(learner, { for: 'terminal', lab, terminal });
  return new WebSocket(`${origin.replace('http', 'ws')}/ws/terminal?ticket=${ticket}&from=0`, { origin });
}

async function typeInto(lab: string, terminal: string, line: string): Promise<void> {
  const socket = openTerminal('ann', lab, terminal);
  await new Promise((open, fail) => socket.once('open', open).once('error', fail));
  socket.send(Buffer.concat([Buffer.from([INPUT_FRAME]), Buffer.from(`${line}\r`)]));
  await new Promise<void>((done) => {
    let seen = '';
    socket.on('message', (data, isBinary) => {
      if (isBinary) seen += String((data as Buffer).subarray(1));
      if (seen.includes('typed-\r\n') || /typed-$/m.test(seen)) done();
    });
    socket.send(Buffer.concat([Buffer.from([INPUT_FRAME]), Buffer.from('printf "typed%s\\n" -\r')]));
  });
  socket.terminate();
}

const verdictOf = (check: string, verdict: string) => (message: { checks: { check: string; verdict: string }[] }) =>
  message.checks.some((shown) => shown.check === check && shown.verdict === verdict);

it('leads a learner from an empty lab to a recorded step, over two pages and a restart of the agent', async () => {
  using page = openPage();
  using second = openPage();
  const { lab, terminals } = await page.until('lab');
  expect((await second.until('lab')).lab.id).toBe(lab.id);
  expect(terminals.map(({ node, name }) => [node, name])).toEqual([['m1', 'm1']]);

  await page.send({ type: 'step', step: 'red' });
  const missing = await page.until('results', verdictOf('red-exists', 'not-met'));
  expect(missing.checks[0]?.items[0]?.miss).toBe('There is no RED yet.');

  await typeInto(lab.id, terminals[0]?.id ?? '', 'ip netns add RED');
  await page.until('results', verdictOf('red-exists', 'met'));
  await page.until('reached', ({ steps }) => steps.includes('red'));
  await second.until('reached', ({ steps }) => steps.includes('red'));

  await page.send({ type: 'step', step: 'done' });
  await page.until('reached', ({ steps }) => steps.includes('done'));

  page.forget();
  await agent.restart();
  await page.send({ type: 'step', step: 'red' });
  await page.until('results', verdictOf('red-exists', 'met'));

  const { database } = await import('../../_server/database.ts');
  const rows = await (await database()).verdictRecord.findMany({ where: { userId: 'ann' }, orderBy: { at: 'asc' } });
  expect(rows.map(({ check, verdict, labId }) => [check, verdict, labId])).toEqual([
    ['red-exists', 'not-met', lab.id],
    ['red-exists', 'met', lab.id],
  ]);
});

it('brings a fresh lab to a step by typing the earlier solutions, which count for nobody', async () => {
  using page = openPage();
  const { lab } = await page.until('lab');
  await page.until('reached');
  page.forget();
  await page.send({ type: 'bring', step: 'done' });
  await page.until('bringing', ({ done, of }) => done === 1 && of === 2);
  const after = await page.until('lab');
  expect(after.lab.id).toBe(lab.id);
  expect(after.terminals.map(({ name }) => name)).toEqual(['m1']);
  await page.send({ type: 'step', step: 'blue' });
  await page.until('results', verdictOf('blue-exists', 'met'));
  await page.send({ type: 'check', step: 'blue' });
  await page.until('results', ({ checks }) => checks.some(({ cause }) => cause === 'button'));
  const { database } = await import('../../_server/database.ts');
  const { readReached } = await import('../../_progress/read.ts');
  expect(await readReached(await database(), place)).not.toContain('blue');
});

it('gives a learner no terminal of another, and nobody a ticket twice', async () => {
  using page = openPage();
  const { lab, terminals } = await page.until('lab');
  const closed = (socket: WebSocket) => new Promise((done) => socket.once('close', done).once('error', () => {}));
  expect(await closed(openTerminal('bob', lab.id, terminals[0]?.id ?? ''))).toBe(4004);
  const ticket = tickets().issue('ann', { for: 'terminal', lab: lab.id, terminal: terminals[0]?.id ?? '' });
  const url = `${origin.replace('http', 'ws')}/ws/terminal?ticket=${ticket}`;
  const foreign = new WebSocket(url, { origin: 'http://evil.example' });
  expect(await closed(foreign)).toBe(1006);
  const first = new WebSocket(url, { origin });
  await new Promise((open) => first.once('open', open));
  first.terminate();
  expect(await closed(new WebSocket(url, { origin }))).toBe(1006);
});
