import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { Clusters } from '../../cluster/clusters.ts';
import { testClusterImage } from '../../cluster/testing/cluster-lab.ts';
import { CONTRACT_VERSION } from '../../contract/version.ts';
import { imagePath } from '../../image/index.ts';
import { LabKeeper, newId } from '../../lab/keeper.ts';
import { type Policy, policyFrom, policySchema } from '../../lab/policy.ts';
import { NamespacesProvider } from '../../providers/namespaces/index.ts';
import { connectTerminalHost } from '../../terminal/client.ts';
import { makeServer } from '../server.ts';

/** For tests: a whole agent in this process, on a free port and in folders of its own, which all go with its scope. */
export type TestAgent = AsyncDisposable & {
  keeper: LabKeeper;
  url: string;
  token: string;
  runDir: string;
  /** @returns status and parsed body */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers freely
  call(method: string, path: string, body?: unknown): Promise<{ status: number; body: any }>;
  socket(path: string): WebSocket;
};

export async function testAgent(policy: Partial<Policy> = {}): Promise<TestAgent> {
  const runDir = mkdtempSync(join(tmpdir(), 'hoplab-agent-'));
  const token = randomBytes(16).toString('hex');
  const image = process.env.HOPLAB_TEST_IMAGE ?? imagePath().path;
  const clusterImage = testClusterImage();
  const provider = new NamespacesProvider({
    runDir,
    image,
    clusterImage: clusterImage.path,
    instance: `agent-${randomBytes(4).toString('hex')}`,
  });
  const templateLabs = new Set<string>();
  const newTemplateId = () => {
    const id = newId();
    templateLabs.add(id);
    return id;
  };
  const clusters = new Clusters({ provider, image: clusterImage, newId: newTemplateId, log: () => undefined });
  const all = { ...policyFrom(policySchema.parse({})), ...policy };
  const keeper = new LabKeeper({
    provider,
    policy: all,
    labsDir: join(runDir, 'labs'),
    image: 'test',
    templateOf: (topology) => clusters.templateOf(topology),
    spared: templateLabs,
    log: () => undefined,
  });
  const terminals = await connectTerminalHost({ runDir });
  keeper.onNodesEnd((id) => terminals.closeLab(id));
  const hello = async () => ({
    contract: CONTRACT_VERSION,
    agent: 'test',
    version: '0',
    provider: provider.name,
    image: 'test',
    features: {},
    room: keeper.room,
  });
  const server = makeServer({ agent: { keeper, terminals, clusters, hello }, token, log: console.error });
  // On a busy machine a connection could be closed as idle at the moment in which it is used again.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const headers = { authorization: `Bearer ${token}` };
  return {
    keeper,
    token,
    runDir,
    url: `http://${host}`,
    async call(method, path, body) {
      const response = await fetch(`http://${host}${path}`, {
        method,
        headers,
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      const text = await response.text();
      return { status: response.status, body: text ? JSON.parse(text) : undefined };
    },
    socket: (path) => new WebSocket(`ws://${host}${path}`, { headers }),
    async [Symbol.asyncDispose]() {
      await keeper.endAll();
      await keeper[Symbol.asyncDispose]();
      clusters[Symbol.dispose]();
      await terminals.shutdown();
      await provider.reap(new Set());
      server.closeAllConnections();
      server.close();
      rmSync(runDir, { recursive: true, force: true });
    },
  };
}
