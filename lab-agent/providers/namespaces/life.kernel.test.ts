import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { HoplabError } from '../../contract/errors.ts';
import { groupsBelow } from '../../system/cgroups.ts';
import { run } from '../../system/exec.ts';
import { sh, testLabs, twoMachines } from '../testing/test-labs.ts';
import { NamespacesProvider } from './index.ts';

describe('the life of a lab', () => {
  test('its nodes are what the topology says: names, addresses, routes, settings, hosts, start-up and services', async () => {
    await using labs = testLabs();
    const lab = await labs.build({
      networks: { lan: { mtu: 1400 }, wire: { kind: 'link' } },
      nodes: {
        one: {
          interfaces: {
            eth0: { network: 'lan', address: ['10.9.0.1/24', '10.9.1.1/24'], mac: '02:00:00:00:00:01' },
            eth1: { network: 'wire', address: '10.8.0.1/30' },
          },
          routes: [{ to: 'default', via: '10.9.0.2' }],
          sysctls: { 'net.ipv4.ip_forward': 1 },
          hosts: { registry: '10.9.0.9' },
          start: ['echo it has started > /root/started'],
          services: { ticker: 'exec sleep 1000' },
        },
        two: {
          interfaces: {
            eth0: { network: 'lan', address: '10.9.0.2/24', up: false },
            eth1: { network: 'wire', address: '10.8.0.2/30' },
          },
        },
      },
    });
    expect(
      await sh(lab, 'one', 'hostname; cat /root/started /proc/sys/net/ipv4/ip_forward; getent hosts two registry'),
    ).toMatchInlineSnapshot(`
      "one
      it has started
      1
      10.9.0.2        two
      10.9.0.9        registry"
    `);
    expect(await sh(lab, 'one', 'ip -br -4 addr show eth0; ip -o link show eth0; ip route show default')).toMatch(
      /10\.9\.0\.1\/24 10\.9\.1\.1\/24[\s\S]*mtu 1400[\s\S]*02:00:00:00:00:01[\s\S]*default via 10\.9\.0\.2/,
    );
    expect(await sh(lab, 'one', 'ping -c 1 -W 1 10.8.0.2')).toMatch(/1 received/);
    expect(await sh(lab, 'two', 'ip -br link show eth0; cat /proc/sys/net/ipv4/ip_forward')).toMatch(/DOWN[\s\S]*\n0$/);
    await expect.poll(() => lab.processes({ node: 'one' })).toContainEqual({ name: 'sleep', args: 'sleep 1000' });
  });

  test('nested namespaces and their cables are in the live state', async () => {
    await using labs = testLabs();
    const lab = await labs.build(twoMachines);
    await sh(
      lab,
      'one',
      'ip netns add RED; ip netns add BLUE; ip link add veth1 netns RED type veth peer name veth2 netns BLUE; ip -n RED addr add 11.11.11.2/24 dev veth1; ip netns exec RED ip -br link; ip link add p1 type veth peer name p2',
    );
    const { nodes } = await lab.liveState();
    const [own, blue, red] = nodes.find(({ name }) => name === 'one')?.namespaces ?? [];
    expect(own?.interfaces.find(({ name }) => name === 'eth0')).toMatchObject({
      network: 'lan',
      up: true,
      addresses: ['10.9.0.1/24'],
    });
    expect(blue).toMatchObject({ netns: 'BLUE' });
    expect(own?.interfaces.find(({ name }) => name === 'p1')?.peer).toEqual({ node: 'one', name: 'p2' });
    expect(red?.interfaces.find(({ name }) => name === 'veth1')).toMatchObject({
      addresses: ['11.11.11.2/24'],
      up: false,
      peer: { node: 'one', netns: 'BLUE', name: 'veth2' },
    });
  });

  test('a frozen lab stands still and goes on', async () => {
    await using labs = testLabs();
    const lab = await labs.build(twoMachines);
    await sh(lab, 'one', 'sh -c "while :; do echo x >> /root/ticks; sleep 0.01; done" >/dev/null 2>&1 &');
    const ticks = async () => {
      const file = await lab.readFile('one', '/root/ticks', 1_000_000);
      return file.ok ? file.text.length : 0;
    };
    await expect.poll(ticks).toBeGreaterThan(0);
    await lab.freeze();
    const frozen = await ticks();
    // Looking at kernel state does not need the lab's processes.
    expect(
      await lab.look({ node: 'one' }, ['ping', '-c', '1', '-W', '1', '10.9.0.2'], { timeoutMs: 5000 }),
    ).toMatchObject({ code: 0 });
    expect(await ticks()).toBe(frozen);
    await lab.thaw();
    await expect.poll(ticks).toBeGreaterThan(frozen);
    await lab.freeze();
    await lab.destroy();
    expect(lab.alive()).toBe(false);
  });

  test('another provider takes a running lab up again, and removes a broken one', async () => {
    await using labs = testLabs();
    const [kept, broken] = [await labs.build(twoMachines), await labs.build(twoMachines)];
    await sh(kept, 'one', 'touch /root/here');
    const record = JSON.parse(readFileSync(`${labs.runDir}/labs/${broken.id}/lab.json`, 'utf8'));
    process.kill(record.first.pid, 'SIGKILL');
    await expect.poll(() => broken.alive()).toBe(false);
    const adopted = await labs.provider.adopt(kept.id);
    expect(adopted && (await sh(adopted, 'one', 'ls /root'))).toBe('here');
    expect(await labs.provider.adopt(broken.id)).toBeUndefined();
    expect(await labs.provider.reap(new Set([kept.id]))).toEqual([broken.id]);
    expect(existsSync(`${labs.runDir}/labs/${broken.id}`)).toBe(false);
  });

  test('a node that is rebooted ends its lab, and not the machine', async () => {
    await using labs = testLabs();
    const lab = await labs.build(twoMachines);
    await lab.runInside('one', 'busybox reboot -f', { timeoutMs: 5000 });
    await expect.poll(() => lab.alive()).toBe(false);
    expect(await labs.provider.adopt(lab.id).then((again) => again?.alive() ?? false)).toBe(false);
  });

  test('a start-up command that fails ends the build, says why and leaves nothing', async () => {
    await using labs = testLabs();
    const bad = { nodes: { one: { start: ['ip link set nowhere up'] } } };
    const error = await labs.build(bad).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(HoplabError);
    expect((error as Error).message).toMatch(
      /Cannot find device "nowhere"[\s\S]*start of one failed: ip link set nowhere up/,
    );
    expect(readdirSync(`${labs.runDir}/labs`)).toEqual([]);
  });

  test('a hundred labs made and removed leave no process, mount, interface, namespace, cgroup or id', async () => {
    await using labs = testLabs();
    const warm = await labs.build(twoMachines);
    await warm.destroy();
    const before = await footprint();
    for (let round = 0; round < 25; round++) {
      const some = await Promise.all([1, 2, 3, 4].map(() => labs.build(twoMachines)));
      await Promise.all(some.map((lab) => lab.destroy()));
    }
    // Network namespaces are taken down by a kernel thread of its own.
    const grown = async () => {
      const now = await footprint();
      return Object.keys(now).filter((key) => now[key as keyof typeof now] > before[key as keyof typeof before]);
    };
    await expect.poll(grown, { timeout: 20_000 }).toEqual([]);
    expect(readdirSync(`${labs.runDir}/labs`)).toEqual([]);
  }, 120_000);

  test('the provider refuses a folder that is no image', () => {
    expect(
      () => new NamespacesProvider({ runDir: '/tmp/none', image: '/tmp', instance: 'none' }),
    ).toThrowErrorMatchingInlineSnapshot(`[HoplabError: /tmp holds no node image]`);
  });
});

async function footprint() {
  const text = async (argv: [string, ...string[]]) => {
    const result = await run(argv);
    return result.ended === 'exit' ? result.stdout : result.ended;
  };
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => ownerOf(pid));
  return {
    labProcesses: processes.filter((uid) => uid >= 0x70000000).length,
    mounts: readFileSync('/proc/self/mounts', 'utf8').split('\n').length,
    links: (await text(['ip', '-br', 'link'])).split('\n').length,
    namespaces: (await text(['lsns', '-n', '-o', 'NS,TYPE,UID']))
      .split('\n')
      .filter((line) => /\b1[89]\d{8}$/.test(line)).length,
    groups: groupsBelow('hoplab').filter((name) => name.startsWith('test-')).length,
  };
}

function ownerOf(pid: string): number {
  try {
    return Number(/^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
