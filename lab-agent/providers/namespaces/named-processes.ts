import { writeFileSync } from 'node:fs';
import { listProc, readProc } from '../../system/proc.ts';

/** Those of a lab's processes (by their numbers on this machine) that have one of the names, 15 characters as the kernel keeps them. */
export function named(pids: readonly number[], names: readonly string[]): number[] {
  return pids.filter((pid) => names.includes(readProc(pid, 'comm')?.trim() ?? ''));
}

/** Sends a signal to those that have one of the names. */
export function signalAll(pids: readonly number[], names: readonly string[], signal: NodeJS.Signals): void {
  for (const pid of named(pids, names)) unlessGone(() => process.kill(pid, signal));
}

/** Lets the kernel wake those that have one of the names so much later than their timers say (timerslack_ns in proc(5)). */
export function setTimerSlack(pids: readonly number[], names: readonly string[], nanoseconds: number): void {
  const setAll = (pid: number) => {
    for (const thread of listProc(pid, 'task')) {
      unlessGone(() => writeFileSync(`/proc/${thread}/timerslack_ns`, String(nanoseconds)));
    }
  };
  for (const pid of named(pids, names)) {
    // Twice: a new thread has it from the one that made it, which the first round may not have come to yet.
    for (let round = 0; round < 2; round++) setAll(pid);
  }
}

/** Threads of a process whose work counts: Go programs have some ten. */
const MAX_THREADS = 64;

/**
 * A clock of processes: the nanoseconds in which one of their threads ran or waited for a processor (schedstat,
 * Documentation/scheduler/sched-stats.rst in Linux).
 */
export function workOf(pids: readonly number[]): () => number {
  return () => pids.reduce((sum, pid) => sum + workOfThreads(pid), 0);
}

function workOfThreads(pid: number): number {
  const threads = listProc(pid, 'task').slice(0, MAX_THREADS);
  return threads.reduce((sum, thread) => {
    const [ran = 0, waited = 0] = readProc(pid, `task/${thread}/schedstat`)?.split(' ').map(Number) ?? [];
    return sum + ran + waited;
  }, 0);
}

function unlessGone(act: () => void): void {
  try {
    act();
  } catch {
    // It has ended since it was listed.
  }
}
