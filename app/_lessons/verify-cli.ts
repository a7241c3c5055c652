/**
 * `npm run lessons:verify -- [lesson …]`: plays every lesson, or those named (`namespaces`, `course/namespaces`), on the agent of
 * HOPLAB_AGENT_URL and HOPLAB_AGENT_TOKEN. scripts/verify.mjs starts one when there is none.
 */
import { HoplabError } from '../../lab-agent/contract/errors.ts';
import type { Topology } from '../../lab-agent/contract/topology.ts';
import { AgentClient } from '../_lab/agents/client.ts';
import { TypedTerminal } from '../_lab/gateway/typed-terminal.ts';
import { courseNames, lessonFolders } from './content-files.ts';
import { loadLesson, loadTopology } from './load.ts';
import type { Lesson } from './types.ts';
import { type PlayedLab, verifyLesson } from './verify.ts';

const ROUNDS = 2;
const WAIT_MS = 15_000;

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
      waitMs: WAIT_MS,
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
  const { id } = await agent.createLab({ owner: 'lessons-verify', name, topology });
  const terminals = new Map<string, TypedTerminal>();
  return {
    runChecks: (checks) => agent.runChecks(id, checks),
    async type(node, script) {
      const terminal = terminals.get(node) ?? (await TypedTerminal.open(agent, id, { node, name: `verify ${node}` }));
      terminals.set(node, terminal);
      await terminal.type(script);
    },
    async [Symbol.asyncDispose]() {
      for (const terminal of terminals.values()) await terminal[Symbol.asyncDispose]();
      await agent.destroy(id);
    },
  };
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof HoplabError)) throw error;
  console.error(`${error.message} ${error.hint}`);
  process.exitCode = 1;
}
