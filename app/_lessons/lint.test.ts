import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { formatProblem } from '../../lab-agent/contract/parse.ts';
import { lintCourse } from './lint.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'hoplab-lint-'));
  vi.stubEnv('HOPLAB_CONTENT', root);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(root, { recursive: true });
});

const TOPOLOGY = `title: Lab
networks: { nat: }
nodes:
  k8s-m:
    interfaces: { enp0s3: { network: nat, address: 10.0.2.15/24 } }
  internet: { kind: internet }
`;
const FRONT = (topology: string, needs = '') => `---
title: T
summary: S
minutes: 1
topology: ${topology}
needs: [${needs}]
objectives: [O]
---
`;

async function lint(files: Record<string, string>): Promise<string> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, 'c', name)), { recursive: true });
    await writeFile(join(root, 'c', name), text);
  }
  const { problems } = await lintCourse('c');
  return problems.map(({ file, problem }) => formatProblem(file, problem).replace(`${root}/`, '')).join('\n');
}

test('lesson and topology are held against each other: nodes, shells, names, features', async () => {
  const lesson = `${FRONT('lab', 'br_netfilter, brnetfilter')}
## A {#a}

\`\`\`sh k8s-w
ls
\`\`\`
\`\`\`check red
capture:
  node: k8s-m
  dev: any
  traffic: { ping: { node: k8sm, to: 10.0.2.2 } }
\`\`\`
\`\`\`solution internet
ls
\`\`\`
`;
  const files = {
    'course.yaml': 'title: C\nsummary: S\n',
    'topologies/lab.yaml': TOPOLOGY,
    '010-a/lesson.mdx': lesson,
    '020-b/lesson.mdx': FRONT('lap'),
  };
  expect(await lint(files)).toMatchInlineSnapshot(`
    "c/010-a/lesson.mdx:6:1: needs: unknown kernel feature "brnetfilter"; did you mean "br_netfilter"?
    c/010-a/lesson.mdx:12:1: sh k8s-w: the topology has no node "k8s-w"; did you mean "k8s-m"?
    c/010-a/lesson.mdx:19:22: check red: capture.traffic.ping.node: the topology has no node "k8sm"; did you mean "k8s-m"?
    c/010-a/lesson.mdx:21:1: solution internet: the node "internet" has no shell; there is k8s-m
    c/020-b/lesson.mdx:5:1: topology: there is no topologies/lap.yaml; did you mean "lab"?"
  `);
});

test('commands are typed into pods where there is a cluster', async () => {
  const blocks = ['sh pod/pod1', 'sh pod/kube-system/coredns', 'sh pod/Pod_1', 'solution pod/pod1'];
  const lesson = (topology: string) =>
    `${FRONT(topology)}\n## A {#a}\n\n${blocks.map((block) => `\`\`\`${block}\nls\n\`\`\`\n`).join('')}`;
  const files = {
    'course.yaml': 'title: C\nsummary: S\n',
    'topologies/lab.yaml': TOPOLOGY,
    'topologies/kans.yaml': `${TOPOLOGY}cluster: { controlPlane: k8s-m, interface: enp0s3, podSubnet: 172.16.0.0/16 }\n`,
    '010-a/lesson.mdx': lesson('kans'),
    '020-b/lesson.mdx': lesson('lab').replace('Pod_1', 'pod2'),
  };
  expect(await lint(files)).toMatchInlineSnapshot(`
    "c/010-a/lesson.mdx:18:1: sh pod/Pod_1: a pod is named NAMESPACE/NAME: default/pod1, or pod/pod1 for one of \`default\`
    c/020-b/lesson.mdx:12:1: sh pod/pod1: a pod needs a cluster, and the lesson's topology has no \`cluster:\`
    c/020-b/lesson.mdx:15:1: sh pod/kube-system/coredns: a pod needs a cluster, and the lesson's topology has no \`cluster:\`
    c/020-b/lesson.mdx:18:1: sh pod/pod2: a pod needs a cluster, and the lesson's topology has no \`cluster:\`
    c/020-b/lesson.mdx:21:1: solution pod/pod1: a pod needs a cluster, and the lesson's topology has no \`cluster:\`"
  `);
});

test('pods, services and addresses of nodes need a cluster in the topology', async () => {
  const lesson = (topology: string) => `${FRONT(topology)}
## A {#a}

\`\`\`check red
- ping: { pod: pod1, to: 10.0.2.2 }
- ping: { node: k8s-m, to: service/web }
- http: { node: k8s-m, url: "http://pod/pod2:80/" }
- ping: { node: k8s-m, to: node/internet }
- object: { resource: pods, where: { metadata.name: object } }
- traffic: { from: node/k8sm, to: node/k8s-m, is: denied, baseline: { from: node/internet } }
- service: { name: web, from: node/k8s-m, nodePort: k8s-w }
\`\`\`
\`\`\`solution k8s-m
ls
\`\`\`
`;
  const files = {
    'course.yaml': 'title: C\nsummary: S\n',
    'topologies/lab.yaml': TOPOLOGY,
    'topologies/kans.yaml': `${TOPOLOGY}cluster: { controlPlane: k8s-m, interface: enp0s3, podSubnet: 172.16.0.0/16 }\n`,
    '010-a/lesson.mdx': lesson('lab'),
    '020-b/lesson.mdx': lesson('kans'),
  };
  expect(await lint(files)).toMatchInlineSnapshot(`
    "c/010-a/lesson.mdx:13:11: check red: 0.ping.pod: "pod pod1" needs a cluster, and the lesson's topology has no \`cluster:\`
    c/010-a/lesson.mdx:14:24: check red: 1.ping.to: "service/web" needs a cluster, and the lesson's topology has no \`cluster:\`
    c/010-a/lesson.mdx:15:24: check red: 2.http.url: "pod/pod2" needs a cluster, and the lesson's topology has no \`cluster:\`
    c/010-a/lesson.mdx:16:24: check red: 3.ping.to: "node/internet" needs a cluster, and the lesson's topology has no \`cluster:\`
    c/010-a/lesson.mdx:17:3: check red: 4.object: "object" needs a cluster, and the lesson's topology has no \`cluster:\`
    c/010-a/lesson.mdx:18:14: check red: 5.traffic.from: the topology has no node "k8sm"; did you mean "k8s-m"?
    c/010-a/lesson.mdx:18:31: check red: 5.traffic.to: "node/k8s-m" needs a cluster, and the lesson's topology has no \`cluster:\`
    c/010-a/lesson.mdx:19:3: check red: 6.service: "service" needs a cluster, and the lesson's topology has no \`cluster:\`
    c/010-a/lesson.mdx:19:43: check red: 6.service.nodePort: the topology has no node "k8s-w"; did you mean "k8s-m"?
    c/020-b/lesson.mdx:16:24: check red: 3.ping.to: the cluster has no node "internet"; there is k8s-m
    c/020-b/lesson.mdx:18:14: check red: 5.traffic.from: the topology has no node "k8sm"; did you mean "k8s-m"?
    c/020-b/lesson.mdx:19:43: check red: 6.service.nodePort: the topology has no node "k8s-w"; did you mean "k8s-m"?"
  `);
});

test('a step with checks has a solution and more than guards; pictures exist; ids are not shared', async () => {
  const lesson = `${FRONT('lab')}
![a bridge](bridge.svg)

## A {#a}

\`\`\`check b
ping: { node: k8s-m, to: 10.0.2.2 }
\`\`\`

## B {#b}

\`\`\`check held
ping: { node: k8s-m, to: 10.0.2.2 }
keep: true
\`\`\`
`;
  const files = {
    'course.yaml': 'titel: C\nsummary: S\n',
    'topologies/lab.yaml': TOPOLOGY,
    '010-a/lesson.mdx': lesson,
  };
  expect(await lint(files)).toMatchInlineSnapshot(`
    "c/course.yaml:1:1: title: is missing
    c/course.yaml:1:1: titel: unknown key "titel"; did you mean "title"?
    c/010-a/lesson.mdx:10:1: there is no picture bridge.svg beside this file
    c/010-a/lesson.mdx:12:1: step a: a step with checks needs a solution: \`\`\`solution NODE with the commands that solve it
    c/010-a/lesson.mdx:12:1: step a: "b" is the id of a step and of a block: give the block another
    c/010-a/lesson.mdx:18:1: step b: every check has \`keep: true\`, so the step is reached before anything is done"
  `);
});

test('files of all languages are looked at in one go', async () => {
  const files = {
    'topologies/lab.yaml': TOPOLOGY.replace('network: nat', 'network: net'),
    '010-a/lesson.mdx': `${FRONT('lab')}\n## A {#a}\n`,
    '010-a/lesson.ko.mdx': '---\ntitle: T\nsummary: S\nobjectives: [O]\nminutes: 2\n---\n## A {#b}\n',
  };
  expect(await lint(files)).toMatchInlineSnapshot(`
    "c/course.yaml: this file is missing: a course needs its title and summary
    c/topologies/lab.yaml:5:29: nodes.k8s-m.interfaces.enp0s3.network: there is no network "net"; did you mean "nat"?
    c/010-a/lesson.ko.mdx:5:1: minutes: unknown key "minutes"; known here: title, summary, objectives, standsIn
    c/010-a/lesson.ko.mdx:7:1: step b: the step {#a} of the original is wanted here"
  `);
});
