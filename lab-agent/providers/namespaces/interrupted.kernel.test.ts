import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from '../../contract/parse.ts';
import { topologySchema } from '../../contract/topology.ts';
import { imagePath } from '../../image/index.ts';
import { processesOf } from '../../system/cgroups.ts';
import { run } from '../../system/exec.ts';
import { sh, testLabs, twoMachines } from '../testing/test-labs.ts';

test('a build that is called off ends at once and leaves nothing', async () => {
  await using labs = testLabs();
  const topology = parse(topologySchema, { title: 'slow', nodes: { one: { start: ['sleep 25'] } } }, 'the test');
  const started = performance.now();
  const request = { id: 'slow00000000', topology, signal: AbortSignal.timeout(700) };
  await expect(labs.provider.build(request)).rejects.toThrow('the lab could not be built: it was called off');
  expect(performance.now() - started).toBeLessThan(5000);
  expect(readdirSync(`${labs.runDir}/labs`)).toEqual([]);
});

test('what a killed agent looked with ends when the lab is taken up again, and its namespace can go', async () => {
  await using labs = testLabs();
  const lab = await labs.build(twoMachines);
  await sh(lab, 'one', 'ip netns add RED; ip link add out type veth peer name in netns RED');
  const ended: string[] = [];
  let listens = false;
  using _left = lab.follow({ node: 'one', netns: 'RED' }, ['tcpdump', '-i', 'lo', '-w', '-'], {
    data: () => undefined,
    error: () => {
      listens = true;
    },
    end: (why) => ended.push(why),
  });
  await expect.poll(() => listens).toBe(true);
  const again = await labs.provider.adopt(lab.id);
  await expect.poll(() => ended.length).toBe(1);
  expect(again?.alive()).toBe(true);
  await sh(lab, 'one', 'ip netns del RED');
  await expect.poll(() => sh(lab, 'one', 'ip -br link show type veth | grep -c ^out')).toBe('0');
});

test('what runs in a lab holds no file of the machine, be it left running by a start-up command', async () => {
  await using labs = testLabs();
  // Node does not mark high-numbered descriptors that it was started with; this one stands for such.
  const argv = ['bash', '-c', 'exec 200>/dev/full; exec "$@"', '-', process.execPath];
  const build = `
    const { NamespacesProvider } = await import('./lab-agent/providers/namespaces/index.ts');
    const { topologySchema } = await import('./lab-agent/contract/topology.ts');
    const provider = new NamespacesProvider({ ...JSON.parse(process.argv[1]) });
    const topology = topologySchema.parse({ title: 'x', nodes: { one: { start: ['sleep 1234 &'] } } });
    await provider.build({ id: 'inherits0000', topology });
    process.exit(0);`;
  const image = process.env.HOPLAB_TEST_IMAGE ?? imagePath().path;
  const options = JSON.stringify({ runDir: labs.runDir, image, instance: labs.instance });
  const built = await run(
    [...argv, '--import', 'tsx', '--input-type=module', '-e', build, options] as unknown as [string],
    {
      cwd: process.cwd(),
      timeoutMs: 20_000,
    },
  );
  expect(built).toMatchObject({ ended: 'exit', code: 0 });
  const record = JSON.parse(readFileSync(`${labs.runDir}/labs/inherits0000/lab.json`, 'utf8'));
  const open = processesOf(record.group).flatMap((pid) =>
    readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`)),
  );
  // The signal descriptor is catatonit's own.
  expect([...new Set(open)].sort()).toEqual(['/dev/null', '/run/lab/one.log', 'anon_inode:[signalfd]']);
}, 30_000);
