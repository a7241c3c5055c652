import { readdirSync } from 'node:fs';
import { namespaceId } from '../../system/proc.ts';
import type { LabRecord } from './record.ts';

/**
 * Ends the programs with which an agent that was killed looked into a lab (`ip monitor`, `tcpdump`): nobody reads them, and
 * each keeps the network namespace alive that it is in, with the cables that the learner thinks are gone. They are all that
 * runs in the lab's own PID namespace beside its first process; nodes have PID namespaces of their own.
 */
export function endLeftLooks({ first }: LabRecord): void {
  const lab = first && namespaceId(first.pid, 'pid');
  if (!first || !lab) return;
  for (const pid of readdirSync('/proc').map(Number)) {
    if (!(pid > 0) || pid === first.pid || namespaceId(pid, 'pid') !== lab) continue;
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended.
    }
  }
}
