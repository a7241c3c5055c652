import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clusterLab, type TestCluster } from './testing/cluster-lab.ts';

/** Clients that nobody here wrote, as people use them: what kubectl and calicoctl print and return in a lab's cluster. */
const START_MS = 300_000;
const TEST_MS = 120_000;
let kans: TestCluster;

beforeAll(async () => {
  kans = await clusterLab('kans');
  await kans.type('k8s-m', `cat > /root/web.yaml <<'EOF'\n${WEB}EOF`);
  // On a node that no test drains: a pod of its own would not come back.
  const place = JSON.stringify({ spec: { nodeName: 'k8s-w1' } });
  await kans.type('k8s-m', `kubectl run tools --image=nicolaka/netshoot --overrides='${place}' -- tail -f /dev/null`);
  await kans.type('k8s-m', 'kubectl wait --for=condition=Ready pod/tools --timeout=60s');
}, START_MS);
afterAll(async () => await kans?.[Symbol.asyncDispose](), START_MS);

const WEB = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: nginx, image: nginx }] }
`;

/** What a script on the control plane prints, stdout before stderr, and the status of its last command. */
async function ask(script: string): Promise<{ code: number; text: string }> {
  const ran = await kans.lab.runInside('k8s-m', `export HOME=/root; cd /root\n${script}`, { timeoutMs: TEST_MS });
  if (!ran.ok) throw new Error(`${script}: ${ran.why}`);
  return { code: ran.code, text: `${ran.stdout}${ran.stderr}` };
}

describe('kubectl', { timeout: TEST_MS }, () => {
  test('diff and apply: what would change, what was created, what is the same', async () => {
    const before = await ask('kubectl diff -f web.yaml');
    expect(before.code).toBe(1);
    expect(before.text).toMatch(/^\+kind: Deployment$/m);
    expect(await ask('kubectl apply -f web.yaml')).toEqual({ code: 0, text: 'deployment.apps/web created\n' });
    expect(await ask('kubectl apply -f web.yaml')).toEqual({ code: 0, text: 'deployment.apps/web unchanged\n' });
    expect(await ask('kubectl diff -f web.yaml')).toEqual({ code: 0, text: '' });
    const more = await ask('sed -i "s/replicas: 2/replicas: 3/" web.yaml; kubectl diff -f web.yaml');
    expect(more.code).toBe(1);
    expect(more.text).toMatch(/^- {2}replicas: 2\n\+ {2}replicas: 3$/m);
    expect((await ask('kubectl apply -f web.yaml')).text).toBe('deployment.apps/web configured\n');
  });

  test('rollout: status, a new image, its history, and back', async () => {
    const status = 'kubectl rollout status deployment/web --timeout=90s';
    expect((await ask(status)).text).toMatch(/deployment "web" successfully rolled out/);
    await ask(`kubectl set image deployment/web nginx=nginx:1.26; ${status}`);
    const image = "kubectl get pods -l app=web -o jsonpath='{.items[*].spec.containers[0].image}'";
    expect((await ask(image)).text).toContain('nginx:1.26');
    expect((await ask('kubectl rollout history deployment/web')).text).toMatch(/^1 .*\n2 /m);
    expect((await ask(`kubectl rollout undo deployment/web && ${status}`)).code).toBe(0);
    await kans.eventually(async () => expect((await ask(image)).text).toBe('nginx nginx nginx'));
  });

  test('wait: comes back when it is so, and fails in time when it is not', async () => {
    expect((await ask('kubectl wait --for=condition=Available deployment/web --timeout=60s')).text).toBe(
      'deployment.apps/web condition met\n',
    );
    const never = await ask("kubectl wait --for=jsonpath='{.status.readyReplicas}'=9 deployment/web --timeout=1s");
    expect(never).toEqual({ code: 1, text: 'error: timed out waiting for the condition on deployments/web\n' });
    expect((await ask('kubectl wait --for=condition=Ready pod/none --timeout=1s')).text).toContain(
      'pods "none" not found',
    );
  });

  test('cp: to a pod and back, byte by byte', async () => {
    const there = 'head -c 3000000 /dev/urandom > a; kubectl cp a tools:/tmp/a; kubectl exec tools -- wc -c /tmp/a';
    expect((await ask(there)).text).toContain('3000000 /tmp/a');
    expect((await ask('kubectl cp tools:/tmp/a b; cmp a b && echo same')).text).toMatch(/^same$/m);
  });

  test('port-forward: to a pod of a deployment', async () => {
    const script = [
      'kubectl port-forward deployment/web 8080:80 >forward.log 2>&1 & forward=$!',
      'until grep -q Forwarding forward.log; do kill -0 $forward || break; sleep 0.1; done',
      'curl -s -m 5 localhost:8080; kill $forward; cat forward.log',
    ];
    const { text } = await ask(script.join('\n'));
    expect(text).toContain('Welcome to nginx!');
    expect(text).toMatch(/Forwarding from 127\.0\.0\.1:8080 -> 80[\s\S]*Handling connection for 8080/);
  });

  test('debug: a container beside a running one, in its network and its processes', async () => {
    const look = 'ip -o -4 addr show eth0; ps; sleep 3600';
    const start = `kubectl debug tools --image=busybox --target=tools --profile=general -c look --attach=false -- sh -c '${look}'`;
    expect((await ask(start)).code).toBe(0);
    const address = (await ask("kubectl get pod tools -o jsonpath='{.status.podIP}'")).text;
    await kans.eventually(async () => {
      const { text } = await ask('kubectl logs tools -c look');
      expect(text).toContain(`inet ${address}/32`);
      expect(text).toMatch(/^\s+1 .*tail -f \/dev\/null$/m);
    });
  });

  test('debug node/NAME: a pod on the machine, with its files at /host', async () => {
    const start = 'kubectl debug node/k8s-w1 --image=busybox --profile=general --attach=false -- chroot /host hostname';
    const made = /pod (node-debugger-k8s-w1-\w+)/.exec((await ask(start)).text)?.[1];
    expect(made).toBeDefined();
    await kans.eventually(async () => expect((await ask(`kubectl logs ${made}`)).text).toBe('k8s-w1\n'));
    expect((await ask(`kubectl delete pod ${made}`)).code).toBe(0);
  });

  test('exec and logs: output, status, and what goes on', async () => {
    expect(await ask('echo hello | kubectl exec -i tools -c tools -- cat')).toEqual({ code: 0, text: 'hello\n' });
    expect(await ask('kubectl exec tools -c tools -- sh -c "exit 7"')).toMatchObject({ code: 7 });
    const talk =
      "kubectl run talk --image=busybox --restart=Never -- sh -c 'for i in 1 2 3; do echo line $i; sleep 0.3; done'";
    const follow = 'kubectl wait --for=jsonpath={.status.phase}=Succeeded pod/talk --timeout=60s; kubectl logs -f talk';
    expect((await ask(`${talk}; ${follow}`)).text).toMatch(/line 1\nline 2\nline 3\n/);
  });

  test('drain and uncordon: pods leave a node, which takes them again', async () => {
    const drained = await ask('kubectl drain k8s-w0 --ignore-daemonsets --force --timeout=90s');
    expect(drained.text).toMatch(/^node\/k8s-w0 drained$/m);
    expect((await ask('kubectl get node k8s-w0')).text).toContain('Ready,SchedulingDisabled');
    const left = "kubectl get pods -A --field-selector spec.nodeName=k8s-w0 -o jsonpath='{.items[*].metadata.name}'";
    expect((await ask(left)).text).toMatch(/^calico-node-\w+ kube-proxy-\w+$/);
    expect((await ask('kubectl uncordon k8s-w0')).text).toBe('node/k8s-w0 uncordoned\n');
  });

  test('top is refused in words: there is no metrics server', async () => {
    expect(await ask('kubectl top nodes')).toEqual({ code: 1, text: 'error: Metrics API not available\n' });
    expect(await ask('kubectl top pods')).toEqual({ code: 1, text: 'error: Metrics API not available\n' });
  });

  test('who may do what, and what a field means', async () => {
    expect((await ask('kubectl auth can-i create pods')).text).toBe('yes\n');
    const other = 'kubectl auth can-i create pods --as system:serviceaccount:default:default';
    expect(await ask(other)).toEqual({ code: 1, text: 'no\n' });
    expect((await ask('kubectl explain pod.spec.nodeName')).text).toMatch(/FIELD: nodeName <string>/);
    expect((await ask('kubectl version')).text).toMatch(/Client Version: v1\.34\.4[\s\S]*Server Version: v1\.34\.4/);
  });

  test('what is wrong is said: an object that is there, a kind that is not, an image that nobody has', async () => {
    expect((await ask('kubectl create -f web.yaml')).text).toContain('deployments.apps "web" already exists');
    const kind = 'printf "apiVersion: v1\\nkind: Podd\\nmetadata: {name: x}\\n" | kubectl apply -f -';
    expect((await ask(kind)).text).toContain('no matches for kind "Podd" in version "v1"');
    await ask('kubectl run nobody --image=nobody/has-this');
    await kans.eventually(async () => {
      const { text } = await ask('kubectl describe pod nobody');
      expect(text).toMatch(/Failed to pull image "nobody\/has-this".*not found/);
    });
  });
});

describe('calicoctl', { timeout: TEST_MS }, () => {
  const policy = (spec: string) =>
    `printf 'apiVersion: projectcalico.org/v3\\nkind: GlobalNetworkPolicy\\nmetadata: {name: one}\\nspec: ${spec}\\n'`;

  test('create, apply, replace, get and delete, each refused where it must be', async () => {
    const create = `${policy('{selector: all(), types: [Egress], egress: [{action: Allow}]}')} | calicoctl create -f -`;
    const done = (what: string) => ({ code: 0, text: `Successfully ${what} 1 'GlobalNetworkPolicy' resource(s)\n` });
    expect(await ask(create)).toEqual(done('created'));
    const again = await ask(create);
    expect(again.code).toBe(1);
    expect(again.text).toContain('resource already exists: GlobalNetworkPolicy(one)');
    const change = policy('{order: 7, selector: all(), types: [Egress], egress: [{action: Allow}]}');
    expect(await ask(`${change} | calicoctl apply -f -`)).toEqual(done('applied'));
    expect((await ask('calicoctl get gnp one -o yaml')).text).toMatch(/^ {2}order: 7$/m);
    expect(await ask(`${change} | calicoctl replace -f -`)).toEqual(done('replaced'));
    expect(await ask('calicoctl delete gnp one')).toEqual(done('deleted'));
    const gone = await ask('calicoctl delete gnp one');
    expect(gone.code).toBe(1);
    expect(gone.text).toContain('resource does not exist: GlobalNetworkPolicy(one)');
  });

  test('bad values are refused, and nothing is stored', async () => {
    const bad =
      "printf 'apiVersion: projectcalico.org/v3\\nkind: IPPool\\nmetadata: {name: bad}\\nspec: {cidr: 10.0.0.0/33}\\n' | calicoctl create -f -";
    const refused = await ask(bad);
    expect(refused.code).toBe(1);
    expect(refused.text).toContain('IPPool CIDR must be a valid subnet');
    expect((await ask('calicoctl get ippool')).text).not.toContain('bad');
  });

  test('patch and label change what they name', async () => {
    const patch = 'calicoctl patch ippool default-ipv4-ippool -p \'{"spec":{"natOutgoing":VALUE}}\'';
    const said = "Successfully patched 1 'IPPool' resource\n";
    expect(await ask(patch.replace('VALUE', 'false'))).toEqual({ code: 0, text: said });
    expect((await ask('calicoctl get ippool -o wide')).text).toMatch(/172\.16\.0\.0\/16\s+false/);
    expect(await ask(patch.replace('VALUE', 'true'))).toEqual({ code: 0, text: said });
    expect((await ask('calicoctl label nodes k8s-w1 rack=a; calicoctl get node k8s-w1 -o yaml')).text).toMatch(
      /rack: a$/m,
    );
    expect((await ask('calicoctl label nodes k8s-w1 rack --remove')).code).toBe(0);
  });

  test('node status and ipam tell what is so', async () => {
    expect((await ask('calicoctl node status')).text.match(/ up .* Established/g)).toHaveLength(3);
    const address = (await ask("kubectl get pod tools -o jsonpath='{.status.podIP}'")).text;
    expect((await ask(`calicoctl ipam show --ip=${address}`)).text).toMatch(
      new RegExp(`IP ${address.replaceAll('.', '\\.')} is in use[\\s\\S]*pod: tools`),
    );
    const check = (await ask('calicoctl ipam check')).text;
    expect(check).toMatch(/Found 0 in-use IPs that are in active IP pools but have no corresponding IPAM allocation/);
  });
});
