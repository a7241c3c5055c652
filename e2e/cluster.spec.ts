import { expect, test } from '@playwright/test';
import { LessonPage } from './lesson-page.ts';

/**
 * A lesson with a real cluster, as a learner meets it. Where the cluster's programs are not built yet the first test waits
 * for them as a learner would, which takes minutes, once on a machine.
 */
const CNI = '/kubernetes-networking/cni';
const MADE_WITHIN_MS = 30 * 60_000;
const STARTED_WITHIN_MS = 120_000;
const POD_WITHIN_MS = 60_000;

class ClusterPage extends LessonPage {
  /** Opens the lesson and waits until its cluster is ready, however far it was. */
  async openReady(): Promise<void> {
    await this.page.goto(CNI);
    await expect(this.page.getByTestId('lab-status')).toHaveAttribute('data-phase', 'ready', {
      timeout: MADE_WITHIN_MS,
    });
    await this.ready();
    await expect(this.page.getByTestId('cluster-ready')).toBeVisible({ timeout: STARTED_WITHIN_MS });
  }

  get lab() {
    return this.page.getByRole('region', { name: 'Lab', exact: true });
  }

  /** The lab's own picture; the text may have others. */
  get picture() {
    return this.lab.locator('.topology');
  }

  pod(name: string) {
    return this.picture.locator(`[data-pod="${name}"]`);
  }

  /** Takes a pod away that an earlier test has left, whatever became of it. */
  async without(...pods: string[]): Promise<void> {
    await this.solve(`kubectl delete pod ${pods.join(' ')} --ignore-not-found --now`);
    for (const pod of pods) await expect(this.pod(`default/${pod}`)).toHaveCount(0, { timeout: POD_WITHIN_MS });
  }

  /** Into the container, from the picture. */
  async openShell(pod: string): Promise<void> {
    await this.pod(pod).click();
    await this.page.getByTestId('pod-details').getByRole('button', { name: 'Shell in the container' }).click();
    await expect(this.terminal).toHaveAttribute('data-pod', pod);
    await expect(this.terminal).toHaveAttribute('data-status', 'live');
  }
}

test('a cluster comes up while its terminals can be used, and says when it is ready', async ({ page }) => {
  test.setTimeout(MADE_WITHIN_MS + STARTED_WITHIN_MS);
  const lesson = new ClusterPage(page);
  await lesson.openReady();
  const ready = page.getByTestId('cluster-ready');
  await ready.locator('summary').click();
  for (const step of ['api', 'nodes', 'bgp', 'pods']) {
    await expect(ready.getByTestId(`cluster-${step}`)).toHaveAttribute('data-reached', 'true');
  }
  await page.keyboard.press('Escape');
  await lesson.solve('kubectl get nodes');
  await expect.poll(() => lesson.screen()).toMatch(/k8s-w0 +Ready/);
});

test('a fresh cluster tells its steps as they are reached', async ({ page }) => {
  test.setTimeout(3 * STARTED_WITHIN_MS);
  const lesson = new ClusterPage(page);
  await lesson.openReady();
  await lesson.reset(STARTED_WITHIN_MS);
  // One that lay ready is there at once; one that was switched on just now shows how it comes up.
  const starting = page.getByTestId('cluster-starting');
  await expect(starting.or(page.getByTestId('cluster-ready')).first()).toBeVisible();
  await expect(page.getByTestId('cluster-ready')).toBeVisible({ timeout: STARTED_WITHIN_MS });
  await expect(starting).toHaveCount(0);
});

test('a pod appears on the picture, and both ways into it lead to its eth0', async ({ page }) => {
  test.setTimeout(4 * POD_WITHIN_MS);
  const lesson = new ClusterPage(page);
  await lesson.openReady();
  await lesson.without('pod1');
  await lesson.type('kubectl run pod1 --image=nicolaka/netshoot --restart=Never --command -- sleep infinity');
  await expect(lesson.pod('default/pod1')).toHaveAttribute('data-tone', 'good', { timeout: POD_WITHIN_MS });
  await lesson.pod('default/pod1').click();
  const address = /172\.16\.\d+\.\d+/.exec(await page.getByTestId('pod-details').innerText())?.[0] ?? 'no address';
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('pod-details')).toHaveCount(0);

  await lesson.openShell('default/pod1');
  await lesson.type('hostname; ip -4 -br addr show eth0');
  await expect
    .poll(() => lesson.screen(), { timeout: POD_WITHIN_MS })
    .toMatch(new RegExp(`^pod1\\s+eth0.*${address}/32`, 'm'));
  await expect(page.getByRole('tab', { name: 'pod1', exact: true })).toBeVisible();

  await lesson.lab.getByLabel('New terminal', { exact: true }).click();
  await lesson.lab.getByRole('button', { name: 'Shell in the network namespace of pod1' }).click();
  await expect(page.getByRole('tab', { name: 'pod1 netns' })).toHaveAttribute('aria-selected', 'true');
  await expect(lesson.terminal).toHaveAttribute('data-status', 'live');
  await lesson.type('ip -4 -br addr show eth0');
  await expect.poll(() => lesson.screen()).toMatch(new RegExp(`eth0.*${address}/32`));
});

test('an image that nobody has is told where the pod is', async ({ page }) => {
  test.setTimeout(4 * POD_WITHIN_MS);
  const lesson = new ClusterPage(page);
  await lesson.openReady();
  await lesson.without('bad');
  await lesson.type('kubectl run bad --image=no-such-image');
  await expect(lesson.pod('default/bad')).toHaveAttribute('data-tone', 'bad', { timeout: POD_WITHIN_MS });
  await expect(lesson.pod('default/bad')).toContainText(/ErrImagePull|ImagePullBackOff/);
  await lesson.lab.getByText('As text').click();
  await expect(lesson.lab.getByText(/^pod default\/bad, .*(ErrImagePull|ImagePullBackOff)$/)).toBeVisible();
  await lesson.without('bad');
});

test('tunnels and BGP sessions are on the picture, the pods of kube-system at a click', async ({ page }) => {
  const lesson = new ClusterPage(page);
  test.setTimeout(2 * STARTED_WITHIN_MS);
  await lesson.openReady();
  const { picture } = lesson;
  await expect(picture.getByTestId('tunnel')).toHaveCount(1);
  await expect(picture.locator('[data-testid=session][data-up=true]')).toHaveCount(6);
  await expect(picture.locator('[data-pod^="kube-system/"]')).toHaveCount(0);
  await picture.getByRole('button', { name: /k8s-m: .*kube-system/ }).click();
  await expect(picture.locator('[data-pod="kube-system/etcd-k8s-m"]')).toHaveAttribute('data-tone', 'good');
});
