import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from '../../contract/parse.ts';
import { type TopologyInput, topologySchema } from '../../contract/topology.ts';
import { imagePath } from '../../image/index.ts';
import { clusterImagePath } from '../../image/parts/cluster-image.ts';
import { NamespacesProvider } from '../namespaces/index.ts';
import type { RunningLab } from '../provider.ts';

/** For tests: a provider with folders and cgroups of its own; everything it made goes with its scope. */
export type TestLabs = AsyncDisposable & {
  provider: NamespacesProvider;
  runDir: string;
  /** The name that keeps its cgroups apart. */
  instance: string;
  /** One that knows nothing of these labs but what lies in their folders. */
  anotherProvider(): NamespacesProvider;
  build(topology: Omit<TopologyInput, 'title'>): Promise<RunningLab>;
};

export function testLabs({ egress = false } = {}): TestLabs {
  const runDir = mkdtempSync(join(tmpdir(), 'hoplab-test-'));
  const image = process.env.HOPLAB_TEST_IMAGE ?? imagePath().path;
  const instance = `test-${randomBytes(4).toString('hex')}`;
  const clusterImage = process.env.HOPLAB_TEST_CLUSTER_IMAGE ?? clusterImagePath().path;
  const provider = new NamespacesProvider({ runDir, image, clusterImage, instance, egress });
  // As the agent does at its start.
  void provider.prepare();
  return {
    provider,
    runDir,
    instance,
    anotherProvider: () => new NamespacesProvider({ runDir, image, clusterImage, instance, egress }),
    build: (topology) =>
      provider.build({
        id: randomBytes(6).toString('hex'),
        topology: parse(topologySchema, { title: 'a test', ...topology }, 'the test'),
      }),
    async [Symbol.asyncDispose]() {
      await provider.reap(new Set());
      rmSync(runDir, { recursive: true, force: true });
    },
  };
}

/** Runs a script on a node and gives back what it printed, whether it succeeded or not. */
export async function sh(lab: RunningLab, node: string, script: string, timeoutMs = 20_000): Promise<string> {
  const result = await lab.runInside(node, script, { timeoutMs });
  if (!result.ok) throw new Error(`${script}: ${result.why}`);
  return `${result.stdout}${result.stderr}`.trim();
}

export const twoMachines: Omit<TopologyInput, 'title'> = {
  networks: { lan: null },
  nodes: {
    one: { interfaces: { eth0: { network: 'lan', address: '10.9.0.1/24' } } },
    two: { interfaces: { eth0: { network: 'lan', address: '10.9.0.2/24' } } },
  },
};
