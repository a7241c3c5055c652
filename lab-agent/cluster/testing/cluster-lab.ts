import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse as parseYaml } from 'yaml';
import { parse } from '../../contract/parse.ts';
import { type Topology, topologySchema } from '../../contract/topology.ts';
import { clusterImagePath } from '../../image/parts/cluster-image.ts';
import type { RunningLab } from '../../providers/provider.ts';
import { type TestLabs, testLabs } from '../../providers/testing/test-labs.ts';
import { followReadiness, stepsOf } from '../readiness.ts';
import { ensureTemplate } from '../templates.ts';
import type { ClusterView } from '../view.ts';

/** For tests: a real lab with a cluster in which everything is ready; it ends with its scope. */
export type TestCluster = AsyncDisposable & {
  lab: RunningLab;
  cluster: ClusterView;
  topology: Topology;
  /** The same lab as an agent that was restarted takes it up. */
  adopted(): Promise<RunningLab | undefined>;
  /** Runs a script on a node as root, for its output (stdout and stderr). @throws when it fails */
  type(node: string, script: string, timeoutMs?: number): Promise<string>;
  /** Tries until it does not throw or the time is over, then throws its last error. */
  eventually<T>(look: () => Promise<T>, timeoutMs?: number): Promise<T>;
};

const READY_MS = 180_000;

export function readTopology(name: string): Topology {
  const file = `content/kubernetes-networking/topologies/${name}.yaml`;
  return parse(topologySchema, parseYaml(readFileSync(file, 'utf8')), file);
}

/** The cluster image that tests run on: the present recipe's, unless HOPLAB_TEST_CLUSTER_IMAGE names a root folder. */
export function testClusterImage(): { path: string; hash: string } {
  const given = process.env.HOPLAB_TEST_CLUSTER_IMAGE;
  return given ? { path: given, hash: basename(dirname(given)) } : clusterImagePath();
}

const newId = (): string => randomBytes(6).toString('hex');

/** The template of a topology, made if need be (half a minute, once per recipe). */
export async function testTemplate(labs: TestLabs, topology: Topology): Promise<string> {
  return ensureTemplate({ provider: labs.provider, topology, imageHash: testClusterImage().hash, labId: newId() });
}

export async function clusterLab(name = 'kans'): Promise<TestCluster> {
  const topology = readTopology(name);
  const labs = testLabs();
  try {
    const template = await testTemplate(labs, topology);
    const since = Date.now();
    const lab = await labs.provider.build({ id: newId(), topology, template });
    const steps = topology.cluster ? stepsOf(topology.cluster) : [];
    const signal = AbortSignal.timeout(READY_MS);
    let last = '';
    await followReadiness(lab, { steps, since, signal, onStep: (step) => (last = step.observed) });
    if (signal.aborted) throw new Error(`the cluster did not become ready: ${last}`);
    lab.settle();
    return {
      lab,
      cluster: lab.cluster as ClusterView,
      topology,
      adopted: () => labs.anotherProvider().adopt(lab.id),
      type: (node, script, timeoutMs = 60_000) => type(lab, node, script, timeoutMs),
      eventually,
      [Symbol.asyncDispose]: () => labs[Symbol.asyncDispose](),
    };
  } catch (error) {
    await labs[Symbol.asyncDispose]();
    throw error;
  }
}

async function type(lab: RunningLab, node: string, script: string, timeoutMs: number): Promise<string> {
  const ran = await lab.runInside(node, `export HOME=/root\n${script}`, { timeoutMs, maxBytes: 8 * 1024 * 1024 });
  if (!ran.ok) throw new Error(`${script}: ${ran.why}`);
  if (ran.code !== 0) throw new Error(`${script}: status ${ran.code}: ${ran.stdout}${ran.stderr}`);
  return `${ran.stdout}${ran.stderr}`;
}

async function eventually<T>(look: () => Promise<T>, timeoutMs = 60_000): Promise<T> {
  const until = Date.now() + timeoutMs;
  for (;;) {
    try {
      return await look();
    } catch (error) {
      if (Date.now() > until) throw error;
      await sleep(200);
    }
  }
}
