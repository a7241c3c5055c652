import { freemem } from 'node:os';
import { describe, expect, test } from 'vitest';
import { processesOf } from '../../system/cgroups.ts';
import type { RunningLab } from '../provider.ts';
import { sh, testLabs, twoMachines } from '../testing/test-labs.ts';
import { readRecord } from './record.ts';

const MIB = 1024 * 1024;
const small = { ...twoMachines, limits: { memoryMb: 128, processes: 96, diskMb: 32 } };

describe('a learner who takes all there is', () => {
  test('a fork bomb ends at the number of processes of its lab, and the lab can be used again', async () => {
    await using labs = testLabs();
    const lab = await labs.build(small);
    const neighbour = await labs.build(twoMachines);
    await sh(
      lab,
      'one',
      "perl -e 'for (1..500) { my $p = fork; last unless defined $p; if (!$p) { sleep 60; exit } }' >/dev/null 2>&1; true",
    );
    const group = readRecord(`${labs.runDir}/labs/${lab.id}`).group;
    expect(processesOf(group).length).toBeLessThanOrEqual(96);
    expect(processesOf(group).length).toBeGreaterThan(80);
    expect(await sh(neighbour, 'one', 'ping -c 1 -W 1 10.9.0.2')).toMatch(/1 received/);
    await lab.destroy();
    expect(processesOf(group)).toEqual([]);
  });

  test('memory ends at the limit of the lab; its shells and its neighbours live on', async () => {
    await using labs = testLabs();
    const lab = await labs.build(small);
    const before = freemem();
    const greedy = 'perl -e \'my @a; push @a, "x" x 1048576 for 1..2000; print "had it all"\' 2>&1; echo ended $?';
    const said = await sh(lab, 'one', greedy);
    expect(said).toMatch(/ended (137|9|1)/);
    expect(said).not.toMatch(/had it all/);
    expect(before - freemem()).toBeLessThan(600 * MIB);
    await works(lab);
  });

  test('a disk ends at its size with "no space left", also in memory file systems', async () => {
    await using labs = testLabs();
    const lab = await labs.build(small);
    for (const path of ['/root/big', '/run/big', '/dev/shm/big', '/tmp/big']) {
      expect(await sh(lab, 'one', `dd if=/dev/zero of=${path} bs=1M count=400 2>&1; rm -f ${path}`), path).toMatch(
        /No space left/,
      );
    }
    await works(lab);
  });

  async function works(lab: RunningLab): Promise<void> {
    expect(lab.alive()).toBe(true);
    expect(await sh(lab, 'two', 'ping -c 1 -W 1 10.9.0.1')).toMatch(/1 received/);
    expect(await sh(lab, 'one', 'echo still here')).toBe('still here');
  }
});
