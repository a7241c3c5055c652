import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { endedWithin, isAlive, mark } from './alive.mjs';
import { signalProcess } from './processes.mjs';

const APP_ENDS_MS = 5_000;
const AGENT_ENDS_MS = 20_000;

/** The note in the data folder of who runs on it: the launcher, the app, the agent and the address. */
export function instanceNote(data) {
  const file = join(data, 'running.json');
  return {
    read() {
      try {
        return JSON.parse(readFileSync(file, 'utf8'));
      } catch {
        return undefined;
      }
    },
    write(note) {
      mkdirSync(data, { recursive: true, mode: 0o700 });
      writeFileSync(`${file}.new`, `${JSON.stringify({ launcher: mark(process.pid), ...note })}\n`);
      renameSync(`${file}.new`, file);
    },
    remove: () => rmSync(file, { force: true }),
  };
}

/**
 * Takes the data folder for this launcher, keeping what a dead one noted for takeOver. When a living one has it,
 * returns that one's process and its address (undefined while it is still starting).
 * @returns {{ pid: number, url?: string } | undefined}
 */
export function claimedByOther(data) {
  const note = instanceNote(data);
  const before = note.read();
  if (before && isAlive(before.launcher)) return { pid: before.launcher.pid, url: before.url };
  note.write({ app: before?.app, agent: before?.agent });
  return undefined;
}

/**
 * Ends what a launcher that was killed has left running: the app, then the agent. Labs and their terminals go on, and
 * the next agent takes them up again. Returns the names of what was found.
 */
export async function takeOver(data) {
  const note = instanceNote(data).read();
  if (!note) return [];
  const found = [];
  for (const [name, ms] of [
    ['app', APP_ENDS_MS],
    ['agent', AGENT_ENDS_MS],
  ]) {
    if (!isAlive(note[name])) continue;
    found.push(name);
    await signalProcess(note[name].pid, 'SIGTERM');
    if (!(await endedWithin(note[name], ms))) await signalProcess(note[name].pid, 'SIGKILL');
  }
  return found;
}
