import { setTimeout as sleep } from 'node:timers/promises';
import { HoplabError } from '../../../lab-agent/contract/errors.ts';
import type { LabDescription } from '../../../lab-agent/contract/lab.ts';
import type { CheckResult } from '../../../lab-agent/contract/verdict.ts';
import type { LessonStep } from '../../_lessons/types.ts';
import type { AgentClient } from '../agents/client.ts';
import { checksToSend } from './shown-check.ts';
import { typedPlace } from './typed-place.ts';
import { TypedTerminal } from './typed-terminal.ts';

/** What a solution sets going may need a moment after the prompt is back (a service that starts, a route that is learnt). */
const SETTLE_MS = 5000;
/** In a cluster several programs act on it one after another, and an image may have to be pulled. */
const CLUSTER_SETTLE_MS = 90_000;
const LOOK_AGAIN_MS = 200;

/**
 * Types the solutions of steps, in order, and looks after each step whether its checks are met.
 * @param onStep told before each step, with the number of steps done
 * @throws HoplabError that says at which step it stopped, and why
 */
export async function typeSolutions(
  client: AgentClient,
  lab: LabDescription,
  { steps, onStep }: { steps: readonly LessonStep[]; onStep(done: number): void },
): Promise<void> {
  const settleMs = lab.cluster ? CLUSTER_SETTLE_MS : SETTLE_MS;
  const terminals = new Map<string, TypedTerminal>();
  try {
    for (const [done, step] of steps.entries()) {
      onStep(done);
      try {
        for (const { node, script } of step.solutions) {
          const terminal = terminals.get(node) ?? (await open(client, lab.id, node));
          terminals.set(node, terminal);
          await terminal.type(script);
        }
        await untilMet(client, lab.id, { step, settleMs });
      } catch (error) {
        if (!(error instanceof HoplabError)) throw error;
        throw new HoplabError(error.code, `Stopped at the step “${step.title}”: ${error.message}`, error.hint, {
          cause: error,
        });
      }
    }
  } finally {
    await Promise.all([...terminals.values()].map((terminal) => terminal[Symbol.asyncDispose]()));
  }
}

async function open(client: AgentClient, lab: string, target: string): Promise<TypedTerminal> {
  const place = await typedPlace(client, lab, { target });
  return await TypedTerminal.open(client, lab, {
    ...place,
    name: `solution ${target.replaceAll('/', ' ')}`.slice(0, 40),
  });
}

async function untilMet(
  client: AgentClient,
  lab: string,
  { step, settleMs }: { step: LessonStep; settleMs: number },
): Promise<void> {
  if (step.checks.length === 0) return;
  const deadline = Date.now() + settleMs;
  for (;;) {
    const failed = (await client.runChecks(lab, checksToSend(step))).find(({ verdict }) => verdict !== 'met');
    if (!failed) return;
    if (Date.now() > deadline) {
      throw new HoplabError(
        'conflict',
        `its check ${failed.id} is not met: ${why(failed)}`,
        'Reset the lab, or go on by hand.',
      );
    }
    await sleep(LOOK_AGAIN_MS);
  }
}

function why({ items }: CheckResult): string {
  const item = items.find(({ verdict }) => verdict !== 'met');
  if (!item) return 'unknown';
  return item.verdict === 'broken'
    ? item.why
    : `${item.expected}; observed: ${item.verdict === 'not-met' ? item.observed : ''}`;
}
