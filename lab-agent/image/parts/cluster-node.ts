import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { imagePath } from '../cache.ts';
import { recipeFolder } from '../recipe.ts';
import { derive, scriptPath } from './debian.ts';
import { recipeHashOf } from './hash.ts';
import { type BuildStep, type Part, partFolder } from './part.ts';

/** The Debian part of a cluster's node: the plain node image and more packages. */
export function clusterNodePart(): Part {
  const { hash } = imagePath();
  return {
    name: 'cluster-node',
    hash: recipeHashOf([1, hash, clusterPackages()], [scriptPath('derive.sh')]),
    seconds: 25,
    async build(target, step) {
      step.say("installing the nodes' packages");
      mkdirSync(join(target, 'rootfs'));
      const to = { base: imagePath().path, target: join(target, 'rootfs'), mode: 'whole' as const };
      await derive(step, { ...to, packages: clusterPackages() });
    },
  };
}

function clusterPackages(): string[] {
  return readFileSync(join(recipeFolder(), 'cluster-packages.txt'), 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .sort();
}

export type Ingredients = { node: Part; components: ReadonlyMap<string, Part>; tools: Part; store: Part };

/** Programs of components that lie on the nodes themselves; the others are in container images alone. */
const NODE_PROGRAMS: [part: string, program: string, path: string][] = [
  ['kubernetes', 'kubeadm', 'usr/bin/kubeadm'],
  ['kubernetes', 'kubectl', 'usr/bin/kubectl'],
  ['kubernetes', 'kubelet', 'usr/bin/kubelet'],
  ['cri-tools', 'crictl', 'usr/bin/crictl'],
  ['calico', 'calicoctl', 'usr/bin/calicoctl'],
  ['calico', 'calico', 'opt/cni/bin/calico'],
  ['calico', 'calico', 'opt/cni/bin/calico-ipam'],
  ['etcd', 'etcdctl', 'usr/bin/etcdctl'],
];

/** Puts a cluster's node together: files are linked, not copied, so the parts cost their space once. */
export async function assemble(target: string, { node, components, tools, store }: Ingredients, step: BuildStep) {
  step.say('putting the cluster image together');
  const rootfs = join(target, 'rootfs');
  await step.run({ argv: ['cp', '-al', join(partFolder(node), 'rootfs'), rootfs] });
  for (const [part, program, path] of NODE_PROGRAMS) {
    const source = join(partFolder(components.get(part) as Part), 'bin', program);
    await link(step, source, join(rootfs, path));
  }
  const share = join(rootfs, 'usr/share/hoplab');
  await link(step, join(partFolder(tools), 'bin'), join(rootfs, 'usr/libexec/hoplab'));
  await link(step, join(partFolder(store), 'store'), join(share, 'store'));
  await link(step, join(partFolder(store), 'registry.json'), join(share, 'registry.json'));
  await link(
    step,
    join(partFolder(components.get('calico') as Part), 'files/calico.yaml'),
    join(share, 'cluster/calico/calico.yaml'),
  );
  const files = join(recipeFolder(), 'cluster-files');
  await step.run({ argv: ['cp', '-rT', '--remove-destination', files, rootfs] });
  cpSync(join(recipeFolder(), 'templates'), join(share, 'cluster'), { recursive: true });
  await step.run({ argv: ['sh', scriptPath('finish-cluster-node.sh'), rootfs] });
}

/** A folder becomes the target's content, a file the target. */
function link(step: BuildStep, source: string, target: string): Promise<void> {
  return step.run({ argv: ['sh', '-ec', 'mkdir -p "$(dirname "$2")"; cp -alT "$1" "$2"', 'sh', source, target] });
}
