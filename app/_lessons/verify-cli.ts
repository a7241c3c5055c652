/**
 * `npm run lessons:verify -- [lesson …]`: plays every lesson, or those named (`namespaces`, `course/namespaces`), on the agent of
 * HOPLAB_AGENT_URL and HOPLAB_AGENT_TOKEN. scripts/verify.mjs starts one when there is none.
 */
import { HoplabError } from '../../lab-agent/contract/errors.ts';
import type { Topology } from '../../lab-agent/contract/topology.ts';
import { AgentClient } from '../_lab/agents/client.ts';
import { untilClusterReady } from '../_lab/agents/cluster-ready.ts';
import { typedPlace } from '../_lab/gateway/typed-place.ts';
import { TypedTerminal } from '../_lab/gateway/typed-terminal.ts';
import { courseNames, lessonFolders } from './content-files.ts';
import { loadLesson, loadTopology } from './load.ts';
import { untilPrepared } from './prepare-cluster.ts';
import type { Lesson } from './types.ts';
import { type PlayedLab, verifyLesson } from './verify.ts';

const ROUNDS = 2;
const WAIT_MS = 15_000;
/** A cluster acts by several programs one after another, and may have to pull an image first. */
const CLUSTER_WAIT_MS = 120_000;

async function main(wanted: string[]): Promise<number> {
  const { HOPLAB_AGENT_URL: url, HOPLAB_AGENT_TOKEN: token } = process.env;
  if (!url) {
    throw new HoplabError(
      'unavailable',
      'No agent is named.',
      'Set HOPLAB_AGENT_URL, or run `npm run lessons:verify`, which starts one.',
    );
  }
  const agent = new AgentClient(url, token ?? '');
  const { features } = await agent.hello();
  const total = { passed: 0, failed: 0 };
  for (const { course, slug } of await lessonsNamed(wanted)) {
    const lesson = await loadLesson(course, slug);
    const lacking = lesson.frontMatter.needs.filter((feature) => !features[feature]);
    if (lacking.length > 0) {
      console.log(`FAIL ${course}/${slug}: this agent's kernel lacks ${lacking.join(', ')}`);
      total.failed++;
      continue;
    }
    const topology = await loadTopology(course, lesson.frontMatter.topology);
    const { passed, failed } = await verifyLesson(lesson, {
      makeLab: () => makeLab(agent, lesson, topology),
      say: (line) => console.log(line),
      rounds: ROUNDS,
      waitMs: topology.cluster ? CLUSTER_WAIT_MS : WAIT_MS,
    });
    total.passed += passed;
    total.failed += failed;
  }
  console.log(`${total.passed} passed, ${total.failed} failed`);
  return total.failed === 0 ? 0 : 1;
}

async function lessonsNamed(wanted: string[]): Promise<{ course: string; slug: string }[]> {
  const all: { course: string; slug: string }[] = [];
  for (const course of await courseNames()) {
    for (const { slug } of await lessonFolders(course)) all.push({ course, slug });
  }
  const found = all.filter(({ course, slug }) => {
    return wanted.length === 0 || wanted.includes(slug) || wanted.includes(`${course}/${slug}`);
  });
  if (found.length > 0) return found;
  const names = all.map(({ course, slug }) => `${course}/${slug}`).join(', ');
  throw new HoplabError('not-found', `There is no lesson ${wanted.join(', ')}.`, `There is ${names || 'none'}.`);
}

async function makeLab(agent: AgentClient, lesson: Lesson, topology: Topology): Promise<PlayedLab> {
  const name = `${lesson.course}/${lesson.frontMatter.topology}`;
  await untilPrepared(agent, { name, topology }, (line) => console.log(line));
  const lab = await agent.createLab({ owner: 'lessons-verify', name, topology });
  const { id } = lab;
  const terminals = new Map<string, TypedTerminal>();
  const played: PlayedLab = {
    runChecks: (checks) => agent.runChecks(id, checks),
    async type(target, script) {
      const terminal = terminals.get(target) ?? (await openTerminal(agent, id, target));
      terminals.set(target, terminal);
      await terminal.type(script);
    },
    async [Symbol.asyncDispose]() {
      for (const terminal of terminals.values()) await terminal[Symbol.asyncDispose]();
      await agent.destroy(id);
    },
  };
  try {
    const startedAt = performance.now();
    await untilClusterReady(agent, lab);
    if (lab.cluster) console.log(`     cluster ready after ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
    return played;
  } catch (error) {
    await played[Symbol.asyncDispose]();
    throw error;
  }
}

async function openTerminal(agent: AgentClient, lab: string, target: string): Promise<TypedTerminal> {
  const place = await typedPlace(agent, lab, { target });
  return await TypedTerminal.open(agent, lab, { ...place, name: `verify ${target.replaceAll('/', ' ')}`.slice(0, 40) });
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof HoplabError)) throw error;
  console.error(`${error.message} ${error.hint}`);
  process.exitCode = 1;
}
