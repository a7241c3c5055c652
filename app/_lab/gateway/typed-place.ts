import { setTimeout as sleep } from 'node:timers/promises';
import { HoplabError } from '../../../lab-agent/contract/errors.ts';
import type { PodShell } from '../../../lab-agent/contract/terminal.ts';
import { podNamed } from '../../_lessons/command-target.ts';
import type { AgentClient } from '../agents/client.ts';

/** An image may still be pulled and unpacked, a scheduler be asked. */
const PATIENCE_MS = 60_000;
const LOOK_AGAIN_MS = 250;

/** Where commands are typed: on a node, or in the container of a pod on it. */
export type TypedPlace = { node: string; pod?: PodShell };

/**
 * The place that a solution names, a pod once it is ready.
 * @throws HoplabError `timeout` that says how the pod was seen last
 */
export async function typedPlace(
  client: Pick<AgentClient, 'state'>,
  lab: string,
  { target, patienceMs = PATIENCE_MS }: { target: string; patienceMs?: number },
): Promise<TypedPlace> {
  const name = podNamed(target);
  if (name === undefined) return { node: target };
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const { pods = [] } = await client.state(lab);
    const pod = pods.find((one) => one.name === name);
    if (pod?.ready) return { node: pod.node, pod: { name, by: 'exec' } };
    if (Date.now() >= deadline) {
      const seen = pod ? `it is ${pod.phase}` : 'there is none';
      throw new HoplabError('timeout', `Waited ${patienceMs / 1000} s for the pod ${name}: ${seen}.`, 'Try it again.');
    }
    await sleep(LOOK_AGAIN_MS);
  }
}
