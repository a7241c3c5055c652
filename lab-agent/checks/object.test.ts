import { expect, test } from 'vitest';
import { MemoryCluster } from './testing/memory-cluster.ts';
import { MemoryLab } from './testing/memory-lab.ts';
import { says } from './testing/verdict-lines.ts';

const pod = (name: string, status: object, more: object = {}) => ({
  metadata: { name, namespace: 'default', annotations: { 'cni.projectcalico.org/podIP': '172.16.1.2/32' } },
  spec: { nodeName: 'w1', containers: [{ image: 'nginx' }, { image: 'busybox' }] },
  status,
  ...more,
});
const READY = { phase: 'Running', podIP: '172.16.1.2', conditions: [{ type: 'Ready', status: 'True' }] };
const WAITING = {
  phase: 'Pending',
  conditions: [{ type: 'Ready', status: 'False', reason: 'ContainersNotReady' }],
};

function lab(): MemoryLab {
  const memory = new MemoryLab();
  const pods = '/api/v1/namespaces/default/pods';
  const pools = '/apis/crd.projectcalico.org/v1/ippools';
  const pool = { metadata: { name: 'default-ipv4-ippool' }, spec: { cidr: '172.16.0.0/16', ipipMode: 'Always' } };
  memory.cluster = new MemoryCluster()
    .has(pods, { items: [pod('pod1', READY), pod('pod2', WAITING)] })
    .has(`${pods}?labelSelector=app%3Dweb`, { items: [pod('web-1', READY), pod('web-2', READY)] })
    .has(`${pods}/pod1`, pod('pod1', READY))
    .has(`${pods}/pod2`, pod('pod2', WAITING))
    .has(`${pods}/odd`, { metadata: 7 })
    .has(pools, { items: [pool] })
    .has(`${pools}/default-ipv4-ippool`, pool);
  memory.cluster.answers.set('/api/v1/nodes/w1', { ok: true, status: 403, body: { message: 'you may not' } });
  return memory;
}

test('one object', async () => {
  const object = (more: object) => ({ object: { resource: 'pods', ...more } });
  expect(
    await says(
      lab(),
      object({ name: 'pod1' }),
      object({
        name: 'pod1',
        condition: 'Ready',
        where: { 'status.podIP': '^172\\.16\\.', 'spec.containers.1.image': 'busybox' },
      }),
      object({ name: 'pod1', where: { 'metadata.annotations.cni\\.projectcalico\\.org/podIP': '172.16.1.2/32' } }),
      object({ name: 'pod1', where: { 'spec.containers.*.image': 'busybox', 'spec.hostNetwork': null } }),
      object({ name: 'pod2', condition: 'Ready', where: { 'status.podIP': '^172', 'status.phase': 'Running' } }),
      object({ name: 'pod2', condition: 'Ready=False' }),
      object({ name: 'pod1', condition: 'Scheduled', where: { 'spec.nodename': 'w1', 'status.podIP': null } }),
      object({ name: 'pod1', where: { 'status.podIP': '172.16.1' } }),
      object({ name: 'pod1', where: { __proto__: null, 'constructor.name': 'Object' } }),
      object({ name: 'pod' }),
      object({ name: 'pod1', namespace: 'kube-system' }),
      {
        object: {
          path: '/apis/crd.projectcalico.org/v1/ippools/default-ipv4-ippool',
          where: { 'spec.ipipMode': 'Never' },
        },
      },
    ),
  ).toMatchInlineSnapshot(`
    "met: the pod pod1 exists
        the pod pod1 exists
    met: the pod pod1 exists with status.podIP like /^172\\.16\\./ and with spec.containers.1.image busybox and is Ready
        the pod pod1 exists with status.podIP like /^172\\.16\\./ and with spec.containers.1.image busybox and is Ready
    met: the pod pod1 exists with metadata.annotations.cni\\.projectcalico\\.org/podIP 172.16.1.2/32
        the pod pod1 exists with metadata.annotations.cni\\.projectcalico\\.org/podIP 172.16.1.2/32
    met: the pod pod1 exists with spec.containers.*.image busybox and without spec.hostNetwork
        the pod pod1 exists with spec.containers.*.image busybox and without spec.hostNetwork
    not-met: the pod pod2 exists with status.podIP like /^172/ and with status.phase Running and is Ready
        of the pod pod2: there is no status.podIP; status has phase and conditions; status.phase is Pending; the condition Ready is False (ContainersNotReady)
    met: the pod pod2 has Ready False
        the pod pod2 has Ready False
    not-met: the pod pod1 exists with spec.nodename w1 and without status.podIP and is Scheduled
        of the pod pod1: there is no spec.nodename; spec has nodeName and containers; status.podIP is 172.16.1.2; there is no condition Scheduled yet; it has: Ready
    not-met: the pod pod1 exists with status.podIP 172.16.1
        of the pod pod1: status.podIP is 172.16.1.2
    not-met: the pod pod1 exists with constructor.name Object
        of the pod pod1: there is no constructor.name
    not-met: the pod pod exists
        there is no pod pod; there are pod1 and pod2
        nearest: pod1
    not-met: the pod pod1 in the namespace kube-system exists
        there is no pod pod1 in the namespace kube-system, and no other
    not-met: the ippool default-ipv4-ippool exists with spec.ipipMode Never
        of the ippool default-ipv4-ippool: spec.ipipMode is Always"
  `);
});

test('a list of objects', async () => {
  expect(
    await says(
      lab(),
      { object: { resource: 'pods' } },
      { object: { resource: 'pods', count: 2 } },
      { object: { resource: 'pods', count: 2, condition: 'Ready' } },
      { object: { resource: 'pods', labels: 'app=web', count: 2, condition: 'Ready' } },
      { object: { resource: 'pods', namespace: '*', where: { 'status.phase': 'Running' } } },
      { object: { path: '/apis/crd.projectcalico.org/v1/bgppeers', count: 1, where: { 'spec.asNumber': 64512 } } },
    ),
  ).toMatchInlineSnapshot(`
    "met: at least one of the pods exists
        2 of 2 pods fit: pod1 and pod2
    met: 2 of the pods exist
        2 of 2 pods fit: pod1 and pod2
    not-met: 2 of the pods are Ready
        1 of 2 pods fits: pod1
        nearest: pod2: the condition Ready is False (ContainersNotReady)
    met: 2 of the pods with labels app=web are Ready
        2 of 2 pods with labels app=web fit: web-1 and web-2
    not-met: at least one of the pods exists with status.phase Running
        there are no pods
    not-met: 1 of the bgppeers exists with spec.asNumber 64512
        there are no bgppeers"
  `);
});

test('an answer that is refused, of another shape, or a pattern without an end is broken', async () => {
  expect(
    await says(
      lab(),
      { object: { resource: 'nodes', name: 'w1' } },
      { object: { resource: 'pods', name: 'odd' } },
      { object: { resource: 'pods', name: 'pod1', where: { metadata: '^(.+)+$(.+)+x' } } },
    ),
  ).toMatchInlineSnapshot(`
    "broken: the node w1 exists
        /api/v1/nodes/w1: the API answered 403: you may not
    broken: the pod odd exists
        /api/v1/namespaces/default/pods/odd: the API answered something unexpected: metadata: expected object, received number
    broken: the pod pod1 exists with metadata like /^(.+)+$(.+)+x/
        the pattern /^(.+)+$(.+)+x/ takes too long on this text"
  `);
});

test('ippool', async () => {
  expect(
    await says(
      lab(),
      { ippool: {} },
      {
        ippool: { cidr: '172.16.0.0/16', ipipMode: 'Always', vxlanMode: 'Never', natOutgoing: false, disabled: false },
      },
      { ippool: { ipipMode: 'CrossSubnet', natOutgoing: true } },
      { ippool: { name: 'ippool' } },
    ),
  ).toMatchInlineSnapshot(`
    "met: the IP pool default-ipv4-ippool exists
        it exists, with cidr 172.16.0.0/16
    met: the IP pool default-ipv4-ippool has cidr 172.16.0.0/16, ipipMode Always, vxlanMode Never, natOutgoing false and disabled false
        the IP pool default-ipv4-ippool has cidr 172.16.0.0/16, ipipMode Always, vxlanMode Never, natOutgoing false and disabled false
    not-met: the IP pool default-ipv4-ippool has ipipMode CrossSubnet and natOutgoing true
        it has ipipMode Always and natOutgoing false
    not-met: the IP pool ippool exists
        there is no such pool; there is default-ipv4-ippool
        nearest: default-ipv4-ippool"
  `);
});
