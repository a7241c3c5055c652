import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningLab } from '../provider.ts';
import { sh, type TestLabs, testLabs, twoMachines } from '../testing/test-labs.ts';

/** A learner is root inside a lab and wants out. Each test tries a way, and first shows that it works where it may. */
describe('from inside a lab', () => {
  let labs: TestLabs;
  let lab: RunningLab;
  let marker: string;
  const servers: Server[] = [];

  beforeAll(async () => {
    labs = testLabs();
    lab = await labs.build(twoMachines);
    marker = mkdtempSync(join(tmpdir(), 'hoplab-marker-'));
    writeFileSync(join(marker, 'secret'), 'of the host', { mode: 0o644 });
  });
  afterAll(async () => {
    for (const server of servers) server.close();
    rmSync(marker, { recursive: true, force: true });
    await labs[Symbol.asyncDispose]();
  });

  test('only the processes of the node can be seen or signalled', async () => {
    const seen = await sh(lab, 'one', "ls /proc | grep -E '^[0-9]+$' | wc -l");
    expect(Number(seen)).toBeLessThan(8);
    expect(await sh(lab, 'one', `kill -0 ${process.pid} 2>&1 || echo refused`)).toMatch(/refused/);
    expect(await sh(lab, 'one', 'ps axo args | grep -c "[v]itest"')).toBe('0');
  });

  test('no file of the host can be seen, by path, chroot, mount or file handle', async () => {
    expect(await sh(lab, 'one', `cat ${marker}/secret 2>&1`)).toMatch(/No such file/);
    expect(await sh(lab, 'one', `cat /proc/1/root${marker}/secret 2>&1`)).toMatch(/No such file/);
    // The classic way out of a chroot: leave a folder open, chroot below it, climb.
    const climb = `perl -e 'mkdir "/x"; opendir(D, "/"); chroot "/x"; chdir(*D); chdir ".." for 1..50; chroot "."; print -e "${marker}/secret" ? "out" : "in"'`;
    expect(await sh(lab, 'one', climb)).toBe('in');
    // open_by_handle_at(2), by which the «shocker» read host files from containers: inode 2 is the root of an ext4.
    const handle = `perl -e 'my $h = pack("Iil<L", 8, 1, 2, 0); open(my $f, "<", "/etc/hostname"); my $fd = syscall(304, fileno($f), $h, 0); print $fd < 0 ? "refused" : "open"'`;
    expect(await sh(lab, 'one', handle)).toBe('refused');
    for (const kind of ['ext4', 'btrfs', 'xfs', 'devtmpfs', 'squashfs']) {
      expect(await sh(lab, 'one', `mount -t ${kind} /dev/vda /mnt 2>&1 || echo refused`), kind).toMatch(/refused/);
    }
  });

  test('thousands of names where namespaces are looked for keep the agent waiting for none of them', async () => {
    await sh(lab, 'one', 'cd /run/netns && for i in $(seq 100); do touch $(seq -f "$i-%g" 300); done');
    const started = performance.now();
    expect(await lab.namedNetns('one')).toEqual([]);
    expect(performance.now() - started).toBeLessThan(300);
    await sh(lab, 'one', 'cd /run/netns && find . -type f -delete');
  });

  test('no setting of the host is taken for one of the lab', async () => {
    expect(await lab.readFile('one', '/proc/sys/net/ipv4/ip_default_ttl', 100)).toEqual({
      ok: false,
      missing: false,
      why: 'settings are seen by a `sysctl` check',
    });
  });

  test('no device can be made or opened beyond those a machine needs', async () => {
    expect(await sh(lab, 'one', 'mknod /tmp/disk b 254 0 2>&1 || echo refused')).toMatch(/refused/);
    expect(await sh(lab, 'one', 'mknod /tmp/mem c 1 1 2>&1 || echo refused')).toMatch(/refused/);
    const devices = await sh(lab, 'one', "find /dev -exec stat -c '%F %n' {} + | grep special | sort | tr '\\n' ' '");
    expect(devices).toMatch(/\/dev\/null/);
    expect(devices).not.toMatch(/vd|sd|nvme|loop|mem|kmsg|kvm|fuse|vsock/);
    expect(await sh(lab, 'one', 'head -c 5 /dev/urandom | wc -c; echo ok > /dev/null && echo fine')).toMatch(
      /5\s+fine/,
    );
  });

  test.each([
    ['/proc/sysrq-trigger', 'h'],
    ['/proc/sys/kernel/core_pattern', '|/tmp/x'],
    ['/proc/sys/kernel/modprobe', '/tmp/x'],
    ['/proc/sys/vm/drop_caches', '3'],
    ['/proc/sys/kernel/panic', '1'],
    ['/sys/kernel/uevent_helper', '/tmp/x'],
    ['/sys/power/state', 'mem'],
  ])('the kernel as a whole cannot be changed by %s', async (file, value) => {
    expect(await sh(lab, 'one', `(echo '${value}' > ${file}) 2>/dev/null && echo changed || echo refused`)).toBe(
      'refused',
    );
  });

  test('kernel memory, modules and the cgroups of the host are out of reach', async () => {
    expect(await sh(lab, 'one', 'head -c 1 /proc/kcore 2>&1 || true')).toMatch(/denied|not permitted|No such/);
    expect(
      await sh(lab, 'one', 'mkdir -p /tmp/c; mount -t cgroup -o memory c /tmp/c 2>&1 && echo mounted || echo refused'),
    ).toMatch(/refused/);
    expect(await sh(lab, 'one', 'ls /sys/fs/cgroup | wc -l')).toBe('0');
    expect(await sh(lab, 'one', 'busybox insmod /etc/hostname 2>&1 || echo refused')).toMatch(/refused/);
    expect(lab.alive()).toBe(true);
  });

  test('a setuid program made by the learner is still nobody outside', async () => {
    await sh(
      lab,
      'one',
      'cp /usr/bin/busybox /tmp/suid; chmod 4755 /tmp/suid; (exec -a hoplab-suid /tmp/suid sleep 5) >/dev/null 2>&1 &',
    );
    const own = await sh(lab, 'one', 'cat /proc/self/uid_map');
    const [, outside] = own.trim().split(/\s+/);
    expect(Number(outside)).toBeGreaterThanOrEqual(0x70000000);
    expect(await sh(lab, 'one', 'nsenter -t 1 -a true 2>&1; unshare -r id -u')).toMatch(/0$/);
  });

  test("the host's network cannot be reached, by address or by abstract socket", async () => {
    const tcp = await listening('0.0.0.0');
    const abstract = await listening(`\0hoplab-test-${process.pid}`);
    const addresses = Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address));
    for (const address of ['127.0.0.1', ...addresses.filter((a) => a.includes('.'))]) {
      expect(await sh(lab, 'one', `nc -z -w 1 ${address} ${tcp} && echo reached || echo no`), address).toBe('no');
    }
    expect(
      await sh(
        lab,
        'one',
        `socat -u OPEN:/dev/null ABSTRACT-CONNECT:${String(abstract).slice(1)} 2>&1 && echo reached || echo no`,
      ),
    ).toMatch(/no$/);
    expect(await sh(lab, 'one', 'find / -xdev -name "*.sock" 2>/dev/null | wc -l')).toBe('0');
    expect(await sh(lab, 'one', 'ping -c 1 -W 1 10.9.0.2')).toMatch(/1 received/);
  });

  test('another lab with the same addresses is another world', async () => {
    const other = await labs.build(twoMachines);
    await sh(other, 'two', 'ip addr add 10.9.0.77/24 dev eth0; touch /root/of-the-other; sleep 300 >/dev/null 2>&1 &');
    expect(await sh(other, 'one', 'ping -c 1 -W 1 10.9.0.77')).toMatch(/1 received/);
    expect(await sh(lab, 'one', 'ping -c 1 -W 1 10.9.0.77 || true')).toMatch(/100% packet loss/);
    expect(await sh(lab, 'two', 'ls /root/of-the-other 2>&1 || true')).toMatch(/No such/);
    expect(await sh(lab, 'two', 'ps axo args | grep -c "[s]leep 300"')).toBe('0');
    await other.destroy();
  });

  test('nodes share nothing but the networks', async () => {
    await sh(lab, 'one', 'echo changed > /usr/bin/hoplab-mark; echo x > /run/mark; hostname renamed');
    expect(await sh(lab, 'two', 'ls /usr/bin/hoplab-mark /run/mark 2>&1; hostname')).toMatch(
      /No such.*\n.*No such.*\ntwo/,
    );
  });

  test('a check is not led out by links, pipes or false namespaces', async () => {
    await sh(lab, 'one', `ln -sf ${marker}/secret /tmp/link; ln -sfn / /tmp/up; mkfifo /tmp/pipe`);
    await sh(
      lab,
      'one',
      'ln -sf /proc/1/ns/net /run/netns/LINK; touch /run/netns/FILE; mkfifo /run/netns/PIPE; ip netns add RED',
    );
    expect(await lab.readFile('one', '/tmp/link', 100)).toMatchObject({ ok: false, missing: true });
    expect(await lab.readFile('one', `/tmp/up/../../../..${marker}/secret`, 100)).toMatchObject({
      ok: false,
      missing: true,
    });
    expect(await lab.readFile('one', '/tmp/up/etc/hostname', 100)).toMatchObject({ ok: true, text: 'one\n' });
    expect(await lab.readFile('one', '/tmp/pipe', 100)).toMatchObject({ ok: false, missing: false });
    expect(await lab.namedNetns('one')).toEqual(['RED']);
    for (const netns of ['LINK', 'FILE', 'PIPE']) {
      expect(await lab.look({ node: 'one', netns }, ['ip', 'link'], { timeoutMs: 5000 }), netns).toMatchObject({
        ok: false,
      });
    }
  });

  test("a check runs the image's programs, not the lab's", async () => {
    await sh(lab, 'two', "printf '#!/bin/sh\\necho faked\\n' > /usr/sbin/ip; chmod 755 /usr/sbin/ip");
    expect(await sh(lab, 'two', 'ip link')).toBe('faked');
    expect(await lab.look({ node: 'two' }, ['ip', '-br', 'link', 'show', 'eth0'], { timeoutMs: 5000 })).toMatchObject({
      ok: true,
      stdout: expect.stringMatching(/^eth0@.* UP/),
    });
  });

  function listening(at: string): Promise<number | string> {
    return new Promise((resolve) => {
      const server = createServer((socket) => socket.end());
      servers.push(server);
      const done = () => {
        const address = server.address();
        resolve(typeof address === 'object' && address ? address.port : at);
      };
      if (at.startsWith('\0')) server.listen(at, done);
      else server.listen(0, at, done);
    });
  }
});
