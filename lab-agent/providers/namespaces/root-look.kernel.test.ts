import { expect, test } from 'vitest';
import { sh, testLabs, twoMachines } from '../testing/test-labs.ts';

test("a look with a node's root finds its files and sockets, and a link there leads no further than the lab", async () => {
  await using labs = testLabs();
  const lab = await labs.build(twoMachines);
  await sh(
    lab,
    'one',
    `echo mine > /run/note; ln -s /run/note /run/link
     (echo from one | nc -lNU /run/b.sock >/dev/null 2>&1 &)
     until [ -S /run/b.sock ]; do sleep 0.05; done`,
  );
  const look = async (...argv: [string, ...string[]]) => {
    const looked = await lab.lookWithRoot('one', argv, { timeoutMs: 5000 });
    return looked.ok ? `${looked.code} ${looked.stdout}${looked.stderr}`.trim() : looked.why;
  };
  expect(await look('cat', '{root}/run/note')).toBe('0 mine');
  expect(await look('sh', '-c', 'cat "$NODE_ROOT/run/note"; ip -br address show eth0')).toMatch(
    /^0 mine\neth0.* 10\.9\.0\.1\/24/,
  );
  // The link's path is that of the lab's outermost root, where there is no such file.
  expect(await look('cat', '{root}/run/link')).toMatch(/^1 .*No such file/);
  expect(await look('nc', '-NU', '{root}/run/b.sock')).toBe('0 from one');
  expect(await lab.lookWithRoot('two', ['cat', '{root}/run/note'], { timeoutMs: 5000 })).toMatchObject({ code: 1 });
});

test("a node's processes are those of its containers too, and of no other node", async () => {
  await using labs = testLabs();
  const lab = await labs.build(twoMachines);
  await sh(lab, 'one', 'ip netns add RED; (unshare -fp ip netns exec RED sleep 4242 >/dev/null 2>&1 &)');
  const names = async (place: { node: string; netns?: string }) =>
    (await lab.processes(place)).map(({ args }) => args).filter((args) => args.endsWith('sleep 4242'));
  await expect.poll(() => names({ node: 'one', netns: 'RED' })).toEqual(['sleep 4242']);
  expect(await names({ node: 'one' })).toContain('sleep 4242');
  expect(await names({ node: 'two' })).toEqual([]);
  using _listening = lab.follow({ node: 'one', netns: 'RED' }, ['ip', 'monitor'], { data: () => undefined });
  expect((await lab.processes({ node: 'one', netns: 'RED' })).map(({ name }) => name)).toEqual(['sleep']);
});
