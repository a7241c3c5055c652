import * as z from 'zod';
import type { Place } from '../contract/names.ts';
import type { RunningLab } from '../providers/provider.ts';

const FIRST_RESTART_MS = 200;
const LONGEST_RESTART_MS = 5000;
/** A collection that does not exist may come with a definition; it is asked for now and then. */
const UNKNOWN_RESTART_MS = 60_000;
/** One that lived so long ended for a reason of its own: the API server closes watches after half an hour. */
const LIVED_MS = 10_000;
/** An object is at most 1.5 MB in etcd. */
const MAX_LINE_CHARS = 4 * 1024 * 1024;

const watchLine = z.object({ type: z.string(), object: z.unknown() });

/** Follows a watch of the API, one JSON text a line, and connects again while the lab lives. */
export function watchCollection(
  lab: RunningLab,
  place: Place,
  argv: [string, ...string[]],
  on: { event(type: string, object: unknown): void; lost?(why: string): void },
): Disposable {
  let following: Disposable | undefined;
  let timer: NodeJS.Timeout | undefined;
  let restartMs = FIRST_RESTART_MS;
  let unknown = false;
  let disposed = false;

  const again = (why: string, startedAt: number) => {
    if (disposed || !lab.alive()) return;
    on.lost?.(why);
    restartMs =
      performance.now() - startedAt > LIVED_MS ? FIRST_RESTART_MS : Math.min(restartMs * 2, LONGEST_RESTART_MS);
    timer = setTimeout(start, unknown ? UNKNOWN_RESTART_MS : restartMs);
  };
  const start = () => {
    const startedAt = performance.now();
    let rest = '';
    try {
      following = lab.follow(place, argv, {
        data: (chunk) => {
          const lines = (rest + chunk.toString('utf8')).split('\n');
          rest = lines.pop() ?? '';
          // Longer than any object can be: the other side is no API server any more.
          if (rest.length > MAX_LINE_CHARS) rest = '';
          for (const line of lines) tell(line, on);
          // What is not there is answered with plain text or one Status, and no line of events.
          unknown = /^404 page not found/.test(chunk.toString('utf8'));
        },
        end: (why) => again(why, startedAt),
      });
    } catch (error) {
      again((error as Error).message, startedAt);
    }
  };
  start();
  return {
    [Symbol.dispose]() {
      disposed = true;
      clearTimeout(timer);
      following?.[Symbol.dispose]();
    },
  };
}

function tell(line: string, on: { event(type: string, object: unknown): void; lost?(why: string): void }): void {
  if (line.trim() === '') return;
  let read: z.infer<typeof watchLine>;
  try {
    read = watchLine.parse(JSON.parse(line));
  } catch {
    on.lost?.(`not an event: ${line.slice(0, 100)}`);
    return;
  }
  on.event(read.type, read.object);
}
