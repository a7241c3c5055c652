import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestAgent, testAgent } from '../server/testing/test-agent.ts';
import { Bench } from './testing/bench.ts';
import { impossible, sittings } from './testing/sittings.ts';
import { commandOf, source } from './testing/source.ts';

/** The commands that the sources type at clusters, typed as they stand into real terminals of nodes and pods. */
const START_MS = 300_000;
const COMMAND_MS = 180_000;

let agent: TestAgent;
beforeAll(async () => {
  // Nothing beside the lab that is typed in, which is not looked at while its cluster comes up.
  agent = await testAgent({ pool: 0, freezeUnseenMs: START_MS });
});
afterAll(async () => await agent[Symbol.asyncDispose](), START_MS);

describe.each(sittings)('$name', ({ topology, entries }) => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await Bench.start(agent, topology);
  }, START_MS);
  afterAll(async () => await bench?.[Symbol.asyncDispose]());

  test.each([...entries])('%s', async (id) => await bench.prove(commandOf(id)), COMMAND_MS);
});

// Named in the output, with the reason.
for (const [id, why] of Object.entries(impossible)) test.skip(`${id}: ${why}`);

test('every command of the file is typed, here or on a single machine, or named as impossible', () => {
  const typed = [...sittings.flatMap(({ entries }) => entries), ...Object.keys(impossible)];
  const clusters = source.commands.filter(({ lesson }) => lesson !== 'namespaces').map(({ id }) => id);
  expect([...typed].sort()).toEqual([...clusters].sort());
});
