import { HoplabError } from '../contract/errors.ts';
import type { TerminalDescription } from '../contract/terminal.ts';
import type { HostEvent, OpenRequest } from './control.ts';
import { Session } from './session.ts';

/** Each keeps a pty, a few processes and up to RING_BYTES. */
const MAX_PER_LAB = 32;
const MAX_IN_ALL = 2048;
const MAX_VIEWERS_PER_SESSION = 32;
/** A shell that has ended can still be read for this long. */
const EXITED_KEPT_MS = 5 * 60_000;

/** All shells of one terminal host, within its limits. */
export class Sessions implements Disposable {
  readonly #sessions = new Map<string, Session>();
  readonly #starting = new Map<string, number>();
  readonly #emit: (event: HostEvent) => void;

  constructor(emit: (event: HostEvent) => void) {
    this.#emit = emit;
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** @throws HoplabError `limit-reached`, or `unavailable` when the shell cannot be started */
  async open(request: OpenRequest): Promise<Session> {
    const { lab } = request;
    const starting = this.#starting.get(lab) ?? 0;
    if (this.list(lab).filter((s) => !s.exited).length + starting >= MAX_PER_LAB) {
      throw new HoplabError('limit-reached', `A lab has at most ${MAX_PER_LAB} terminals`, 'Close one of them.');
    }
    if (this.#sessions.size >= MAX_IN_ALL) throw new HoplabError('limit-reached', 'Too many terminals are open');
    this.#starting.set(lab, starting + 1);
    try {
      const session = await Session.open(request, this.#emit);
      this.#sessions.set(session.id, session);
      return session;
    } finally {
      const left = (this.#starting.get(lab) ?? 1) - 1;
      if (left > 0) this.#starting.set(lab, left);
      else this.#starting.delete(lab);
    }
  }

  find(id: string): Session | undefined {
    return this.#sessions.get(id);
  }

  list(lab?: string): TerminalDescription[] {
    return [...this.#sessions.values()].filter((s) => !lab || s.lab === lab).map((s) => s.description);
  }

  /** @throws HoplabError `limit-reached` */
  admitViewer(session: Session): void {
    if (session.viewers >= MAX_VIEWERS_PER_SESSION) {
      throw new HoplabError('limit-reached', 'Too many are looking at this terminal');
    }
  }

  close(id: string): void {
    const session = this.#sessions.get(id);
    this.#sessions.delete(id);
    session?.[Symbol.dispose]();
  }

  closeLab(lab: string): void {
    for (const session of [...this.#sessions.values()]) if (session.lab === lab) this.close(session.id);
  }

  forgetExited(): void {
    for (const session of [...this.#sessions.values()]) {
      const { exitedAt } = session;
      if (exitedAt && session.viewers === 0 && Date.now() - exitedAt > EXITED_KEPT_MS) this.close(session.id);
    }
  }

  [Symbol.dispose](): void {
    for (const id of [...this.#sessions.keys()]) this.close(id);
  }
}
