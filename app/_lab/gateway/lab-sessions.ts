import type { LabPlace } from '../../_progress/labs.ts';
import { database } from '../../_server/database.ts';
import { agents } from '../agents/agents.ts';
import { LabSession } from './lab-session.ts';

/** A reload leaves and comes back within this: the session is kept, so that it finds everything as it was. */
const LINGER_MS = 15_000;

/** The open lab sessions: one per learner and lesson, shared by that learner's pages. */
export class LabSessions implements Disposable {
  readonly #open = new Map<string, { session: Promise<LabSession>; closing?: NodeJS.Timeout | undefined }>();

  async enter(place: LabPlace): Promise<LabSession> {
    const key = keyOf(place);
    const found = this.#open.get(key);
    if (found) {
      clearTimeout(found.closing);
      return await found.session;
    }
    const session = database().then((db) => new LabSession({ db, agents: agents(), place }));
    this.#open.set(key, { session });
    session.catch(() => this.#open.delete(key));
    return await session;
  }

  /** To be called when a page has left: the last one closes the session after a while. */
  left(place: LabPlace, session: LabSession): void {
    const key = keyOf(place);
    const entry = this.#open.get(key);
    if (!entry || session.pages > 0) return;
    clearTimeout(entry.closing);
    entry.closing = setTimeout(() => {
      if (session.pages > 0) return;
      this.#open.delete(key);
      session[Symbol.dispose]();
    }, LINGER_MS);
  }

  [Symbol.dispose](): void {
    for (const { session, closing } of this.#open.values()) {
      clearTimeout(closing);
      session.then(
        (open) => open[Symbol.dispose](),
        () => {},
      );
    }
    this.#open.clear();
  }
}

const keyOf = ({ userId, course, lesson }: LabPlace): string => JSON.stringify([userId, course, lesson]);
