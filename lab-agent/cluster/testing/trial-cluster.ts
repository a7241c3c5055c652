import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { parse as parseYaml } from 'yaml';
import { parse } from '../../contract/parse.ts';
import { topologySchema } from '../../contract/topology.ts';
import { imagePath } from '../../image/index.ts';
import { clusterImagePath } from '../../image/parts/cluster-image.ts';
import { NamespacesProvider } from '../../providers/namespaces/index.ts';
import type { RunningLab } from '../../providers/provider.ts';
export type ClusterLab = AsyncDisposable & { lab: RunningLab };
export async function clusterLab(name: string): Promise<ClusterLab> {
  const topology = parse(
    topologySchema,
    parseYaml(readFileSync(`content/kubernetes-networking/topologies/${name}.yaml`, 'utf8'), { merge: true }),
    name,
  );
  mkdirSync('/tmp/w-bird/run', { recursive: true });
  const provider = new NamespacesProvider({
    runDir: '/tmp/w-bird/run',
    image: imagePath().path,
    clusterImage: process.env.CI_IMG ?? clusterImagePath().path,
    instance: 'bgptest',
  });
  const lab = await provider.build({
    id: randomBytes(6).toString('hex'),
    topology,
    template: process.env.TEMPLATE ?? '/tmp/w/template-kans',
  });
  return {
    lab,
    [Symbol.asyncDispose]: async () => {
      await lab.destroy();
    },
  };
}
