import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { TopologyInput } from '../../contract/topology.ts';
import { imagePath } from '../../image/index.ts';
import { follow, run } from '../../system/exec.ts';
import type { RunningLab } from '../provider.ts';
import { sh, testLabs } from '../testing/test-labs.ts';

/** A network namespace of the machine stands for the world: it has a public address, and a private one. */
const WORLD = `hoplab-egress-${process.pid}`;
const CABLE = `hle${process.pid}`;
const PUBLIC = '198.51.100.10';
const PRIVATE = '10.253.77.10';
const MACHINE = '198.51.100.1';
const LATER = '198.51.100.2';

const wantsOut: Omit<TopologyInput, 'title'> = {
  networks: { lan: null },
  egress: true,
  nodes: {
    pc: {
      interfaces: { eth0: { network: 'lan', address: '100.64.9.2/24' } },
      routes: [{ to: 'default', via: '100.64.9.1' }],
    },
    net: { kind: 'internet', interfaces: { eth0: { network: 'lan', address: '100.64.9.1/24' } } },
  },
};

let world: Disposable | undefined;
const machine = createServer((_request, response) => response.end('the machine itself'));
let port = 0;

beforeAll(async () => {
  await host(`
    ip netns add ${WORLD}
    ip link add ${CABLE} type veth peer name eth0 netns ${WORLD}
    ip address add ${MACHINE}/24 dev ${CABLE}; ip link set ${CABLE} up; ip route add ${PRIVATE}/32 dev ${CABLE}
    ip -n ${WORLD} address add ${PUBLIC}/24 dev eth0; ip -n ${WORLD} address add ${PRIVATE}/32 dev eth0
    ip -n ${WORLD} link set lo up; ip -n ${WORLD} link set eth0 up`);
  await new Promise<void>((resolve) => machine.listen(0, '0.0.0.0', resolve));
  port = (machine.address() as AddressInfo).port;
  const busybox = `${imagePath().path}/usr/bin/busybox`;
  world = follow(['ip', 'netns', 'exec', WORLD, busybox, 'httpd', '-f', '-p', `${port}`, '-h', '/etc'], {
    data: () => undefined,
  });
  await vi.waitFor(() => fetch(`http://${PUBLIC}:${port}/hostname`), 10_000);
});

afterAll(async () => {
  world?.[Symbol.dispose]();
  machine.close();
  await host(`ip netns delete ${WORLD}; ip link delete ${CABLE} 2>/dev/null || true`);
});

describe('a way to the real internet', () => {
  test('leads to public addresses, and nowhere else, whatever the root of the internet node does', async () => {
    await using labs = testLabs({ egress: true });
    const lab = await labs.build(wantsOut);
    expect(await ask(lab, 'pc', PUBLIC)).toBe('200');
    expect(await ask(lab, 'net', PUBLIC)).toBe('200');
    await host(`ip address add ${LATER}/32 dev ${CABLE}`);
    const refused = [
      MACHINE,
      LATER,
      PRIVATE,
      '127.0.0.1',
      '169.254.2.1',
      '169.254.2.2',
      '169.254.3.1',
      ...(await own()),
    ];
    // What the node itself might stop, its root takes away; only what is outside of the lab is left.
    await sh(
      lab,
      'net',
      'nft flush ruleset; ip route replace 127.0.0.0/8 dev egress 2>/dev/null; ip link set eth0 down',
    );
    for (const address of refused) {
      // The set of the machine's addresses follows a moment after the address.
      await expect.poll(() => ask(lab, 'net', address), { message: address, timeout: 10_000 }).toBe('000');
    }
    expect(await ask(lab, 'net', PUBLIC)).toBe('200');
  });

  test('pretending to be somebody else does not help', async () => {
    await using labs = testLabs({ egress: true });
    const lab = await labs.build(wantsOut);
    await sh(lab, 'net', 'nft flush ruleset; ip address add 198.51.100.77/32 dev egress');
    const answer = await sh(
      lab,
      'net',
      `curl -sm 1 -o /dev/null -w '%{http_code}' --interface 198.51.100.77 http://${PUBLIC}:${port}/`,
    );
    expect(answer).toBe('000');
  });

  test('goes with the lab', async () => {
    await using labs = testLabs({ egress: true });
    const before = pastas();
    const lab = await labs.build(wantsOut);
    expect(pastas().length).toBe(before.length + 1);
    await lab.destroy();
    expect(pastas()).toEqual(before);
  });

  test('is not there unless it is allowed; the lab is', async () => {
    await using labs = testLabs();
    const before = pastas();
    const lab = await labs.build(wantsOut);
    expect(pastas()).toEqual(before);
    expect(await ask(lab, 'pc', PUBLIC)).toBe('000');
    expect(await sh(lab, 'net', 'ip -br link')).not.toMatch(/egress/);
    await expect.poll(() => sh(lab, 'pc', `curl -sm 2 http://${PUBLIC}/`)).toMatch(/./);
  });
});

/** The status of a page asked for on a node: 000 when nobody answered. */
const ask = (lab: RunningLab, node: string, address: string): Promise<string> =>
  sh(lab, node, `curl -sm 2 -o /dev/null -w '%{http_code}' http://${address}:${port}/hostname`);

/** The machine's addresses of the interface that its default route leads by, if it has any. */
async function own(): Promise<string[]> {
  const text = await host("ip -4 -o address show scope global | sed -n 's|.* inet \\([0-9.]*\\).*|\\1|p'");
  return text.split('\n').filter(Boolean);
}

async function host(script: string): Promise<string> {
  const result = await run(['sh', '-euc', script], { timeoutMs: 10_000 });
  if (result.ended !== 'exit') throw new Error(`${script}: ${result.ended}`);
  if (result.code !== 0) throw new Error(`${script}: ${result.stderr}`);
  return result.stdout.trim();
}

/** Processes of pasta that run for labs, by their ids. */
function pastas(): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('/bin/pasta\0');
    } catch {
      return false; // it has ended since
    }
  });
}
