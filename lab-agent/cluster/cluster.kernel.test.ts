import { expect, test } from 'vitest';
import { clusterLab } from './testing/cluster-lab.ts';

test('a cluster of four nodes is switched on, and its names and numbers are those of the sources', {
  timeout: 300_000,
}, async () => {
  await using lab = await clusterLab();
  const nodes = await lab.type('k8s-m', 'kubectl get nodes --no-headers');
  expect(nodes.match(/ Ready /g)).toHaveLength(4);
  const routes = await lab.type('k8s-w1', 'ip route');
  expect(routes).toMatch(/^blackhole 172\.16\.158\.0\/24 proto bird/m);
  expect(routes).toMatch(/^172\.16\.34\.0\/24 via 192\.168\.20\.100 dev tunl0 proto bird onlink/m);

  await lab.type(
    'k8s-m',
    'kubectl run pod1 --image=nicolaka/netshoot --overrides=\'{"spec":{"nodeName":"k8s-w1"}}\' -- sleep inf',
  );
  await lab.type('k8s-m', 'kubectl run web --image=nginx --overrides=\'{"spec":{"nodeName":"k8s-w0"}}\'');
  await lab.type('k8s-m', 'kubectl wait --for=condition=Ready pod/pod1 pod/web --timeout=60s');
  const place = await lab.cluster.placeOf('default/pod1');
  expect(place).toMatchObject({ ok: true, place: { node: 'k8s-w1', netns: expect.stringMatching(/^cni-/) } });
  const page = await lab.type(
    'k8s-m',
    'kubectl exec pod1 -- curl -s $(kubectl get pod web -o jsonpath={.status.podIP})',
  );
  expect(page).toContain('Welcome to nginx!');
  const dns = await lab.type('k8s-m', 'kubectl exec pod1 -- dig +short kubernetes.default.svc.cluster.local');
  expect(dns.trim()).toBe('10.96.0.1');

  const again = await lab.adopted();
  expect(await again?.cluster?.get('/readyz')).toMatchObject({ ok: true, status: 200, body: 'ok' });
  expect(await again?.cluster?.placeOf('default/pod1')).toEqual(place);
});
