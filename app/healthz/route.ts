import { agents } from '../_lab/agents/agents.ts';
import type { AgentClient } from '../_lab/agents/client.ts';
import { database } from '../_server/database.ts';
import { toHoplabError } from '../_server/errors.ts';

type Health = { ok: true; [detail: string]: unknown } | { ok: false; message: string; hint: string };

/** Whether app, database and agents work: 200 when all do, 503 else, with what is wrong and what to do. */
export async function GET(): Promise<Response> {
  const [db, ...agentAnswers] = await Promise.all([databaseHealth(), ...agents().map(agentHealth)]);
  const ok = db.ok && agentAnswers.length > 0 && agentAnswers.every((answer) => answer.ok);
  const body = { ok, app: { ok: true }, database: db, agents: agentAnswers };
  return Response.json(body, { status: ok ? 200 : 503, headers: { 'cache-control': 'no-store' } });
}

async function databaseHealth(): Promise<Health> {
  try {
    await (await database()).user.findFirst({ select: { id: true } });
    return { ok: true };
  } catch (error) {
    return unwell(error);
  }
}

async function agentHealth(client: AgentClient): Promise<Health> {
  try {
    const { agent, version, contract, provider, image, room } = await client.hello();
    return { ok: true, agent, version, contract, provider, image, room };
  } catch (error) {
    return unwell(error);
  }
}

function unwell(error: unknown): Health {
  const { message, hint } = toHoplabError(error);
  return { ok: false, message, hint };
}
