import { expect, test } from 'vitest';
import { cgroupVersion } from '../../system/cgroups.ts';
import { sh, testLabs } from '../testing/test-labs.ts';

const group = cgroupVersion() === 2 ? '/sys/fs/cgroup' : '/sys/fs/cgroup/pids';

test('a node for containers has cgroups of its own, shared mounts, and disks that carry overlays', async () => {
  await using labs = testLabs();
  const lab = await labs.build({
    nodes: { plain: {}, worker: { containers: true } },
    limits: { memoryMb: 256, processes: 128 },
  });
  expect(await sh(lab, 'plain', 'ls /sys/fs/cgroup')).toBe('');

  // What runc does for a container: a group below the node's, with a limit that holds.
  await sh(lab, 'worker', `mkdir ${group}/pod; echo 5 > ${group}/pod/pids.max`);
  const bomb = `sh -c 'echo 0 > ${group}/pod/cgroup.procs; for i in 1 2 3 4 5 6 7 8; do sleep 3 & done' 2>&1`;
  expect(await sh(lab, 'worker', bomb)).toMatch(/fork/i);

  expect(await sh(lab, 'worker', 'findmnt -no PROPAGATION /')).toBe('shared');
  expect(await sh(lab, 'worker', 'stat -f -c %T /var/lib/containerd /var/lib/kubelet')).toBe('tmpfs\ntmpfs');
  const overlay =
    'cd /var/lib/containerd; mkdir l u w m; echo low > l/file; mount -t overlay o -o lowerdir=l,upperdir=u,workdir=w,userxattr m; cat m/file';
  expect(await sh(lab, 'worker', overlay)).toBe('low');
});

test("a node cannot lift the lab's own limits from its cgroups", async () => {
  await using labs = testLabs();
  const lab = await labs.build({ nodes: { worker: { containers: true } }, limits: { memoryMb: 128, processes: 64 } });
  await sh(lab, 'worker', `echo max > ${group}/pids.max; ls ${group}/../..`);
  const said = await sh(
    lab,
    'worker',
    "perl -e 'my $n = 0; for (1..500) { my $p = fork; last unless defined $p; if (!$p) { sleep 5; exit } $n++ } print $n' 2>&1",
  );
  expect(Number(said)).toBeLessThan(64);
});
