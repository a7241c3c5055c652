import { runChecks } from '../checks/run-check.ts';
import type { Clusters } from '../cluster/clusters.ts';
import {
  createLab,
  type Hello,
  openTerminal,
  prepareCluster,
  runChecks as runChecksBody,
} from '../contract/agent-api.ts';
import { HoplabError } from '../contract/errors.ts';
import { parse } from '../contract/parse.ts';
import type { LabKeeper } from '../lab/keeper.ts';
import type { TerminalHost } from '../terminal/client.ts';
import { openingOf } from './open-terminal.ts';

/** What the agent does for each request (contract/agent-api.ts). Plain functions; knows no sockets. */
export type Agent = {
  keeper: LabKeeper;
  terminals: TerminalHost;
  clusters: Clusters;
  hello(): Promise<Hello>;
};

export type Reply = { status: number; body?: unknown };
type Handler = (agent: Agent, match: Record<string, string>, body: unknown) => Promise<Reply>;

const ok = (body: unknown): Reply => ({ status: 200, body });
const done: Reply = { status: 204 };

const routes: [method: string, path: RegExp, handler: Handler][] = [
  ['GET', /^\/v1\/hello$/, async (agent) => ok(await agent.hello())],
  ['GET', /^\/v1\/labs$/, async ({ keeper }) => ok({ labs: keeper.list() })],
  ['POST', /^\/v1\/clusters$/, prepareOne],
  ['POST', /^\/v1\/labs$/, createOne],
  ['GET', /^\/v1\/labs\/(?<lab>[^/]+)$/, async ({ keeper }, { lab }) => ok(keeper.describe(keeper.get(lab as string)))],
  ['DELETE', /^\/v1\/labs\/(?<lab>[^/]+)$/, endOne],
  [
    'POST',
    /^\/v1\/labs\/(?<lab>[^/]+)\/reset$/,
    async ({ keeper }, { lab }) => ok(keeper.describe(await keeper.reset(lab as string))),
  ],
  [
    'POST',
    /^\/v1\/labs\/(?<lab>[^/]+)\/extend$/,
    async ({ keeper }, { lab }) => ok(keeper.describe(keeper.extend(lab as string))),
  ],
  ['POST', /^\/v1\/labs\/(?<lab>[^/]+)\/checks$/, check],
  [
    'GET',
    /^\/v1\/labs\/(?<lab>[^/]+)\/state$/,
    async ({ keeper }, { lab }) => ok(await keeper.get(lab as string).running.liveState()),
  ],
  [
    'GET',
    /^\/v1\/labs\/(?<lab>[^/]+)\/terminals$/,
    async ({ terminals }, { lab }) => ok({ terminals: await terminals.list(lab) }),
  ],
  ['POST', /^\/v1\/labs\/(?<lab>[^/]+)\/terminals$/, open],
  ['DELETE', /^\/v1\/labs\/(?<lab>[^/]+)\/terminals\/(?<terminal>[^/]+)$/, close],
];

/** @throws HoplabError `not-found` for an unknown path, and whatever the handler throws */
export async function route(agent: Agent, method: string, path: string, body: () => Promise<unknown>): Promise<Reply> {
  for (const [verb, pattern, handler] of routes) {
    const match = verb === method && pattern.exec(path);
    if (match) return handler(agent, match.groups ?? {}, method === 'POST' ? await body() : undefined);
  }
  throw new HoplabError('not-found', `the agent has no ${method} ${path}`, 'See lab-agent/contract/agent-api.ts.');
}

async function createOne({ keeper }: Agent, _: unknown, body: unknown): Promise<Reply> {
  const request = parse(createLab, body, 'POST /v1/labs');
  const lab = await keeper.create(request, (body as { topology: unknown }).topology);
  return ok(keeper.describe(lab));
}

async function prepareOne({ clusters }: Agent, _: unknown, body: unknown): Promise<Reply> {
  return ok(clusters.prepare(parse(prepareCluster, body, 'POST /v1/clusters').topology));
}

async function endOne({ keeper }: Agent, { lab }: Record<string, string>): Promise<Reply> {
  await keeper.end(lab as string, 'destroyed');
  return done;
}

async function check({ keeper }: Agent, { lab }: Record<string, string>, body: unknown): Promise<Reply> {
  const { checks, cause } = parse(runChecksBody, body, 'POST /v1/labs/ID/checks');
  const it = keeper.get(lab as string);
  it.touch();
  await it.thaw();
  return ok({ results: await runChecks(it.running, checks, cause) });
}

async function open({ keeper, terminals }: Agent, { lab }: Record<string, string>, body: unknown): Promise<Reply> {
  const request = parse(openTerminal, body, 'POST /v1/labs/ID/terminals');
  const it = keeper.get(lab as string);
  it.touch();
  await it.thaw();
  const { name, size, pod } = request;
  const opening = await openingOf(it.running, request);
  return ok(await terminals.open({ lab: it.id, ...opening, name, size, ...(pod ? { pod } : {}) }));
}

async function close({ keeper, terminals }: Agent, { lab, terminal }: Record<string, string>): Promise<Reply> {
  await sessionOf(terminals, keeper.get(lab as string).id, terminal as string);
  await terminals.close(terminal as string);
  return done;
}

/** Makes sure that a session belongs to a lab. @throws HoplabError `not-found` */
export async function sessionOf(terminals: TerminalHost, lab: string, id: string): Promise<void> {
  const all = await terminals.list(lab);
  if (!all.some((session) => session.id === id)) {
    throw new HoplabError('not-found', `lab ${lab} has no terminal session ${id}`, 'Open a new one.');
  }
}
