import { InvalidInput, type Position, type Problem } from '../../lab-agent/contract/parse.ts';

/** Gathers what is wrong with one file, so that its author sees everything at once. */
export class Problems {
  readonly source: string;
  readonly list: Problem[] = [];

  constructor(source: string) {
    this.source = source;
  }

  /** @param path what in the file is meant, e.g. `check red-address`; empty when the line says enough */
  add(position: Position | undefined, path: string, message: string): void {
    this.list.push({ path, message, ...(position ? { position } : {}) });
  }

  /** Runs a reader; what it throws as InvalidInput is added, with `path` before each of its paths. */
  collect<T>(path: string, read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      for (const p of error.problems) {
        this.list.push({ ...p, path: [path, p.path].filter(Boolean).join(': ') });
      }
      return undefined;
    }
  }

  /** @throws InvalidInput when anything was added, in the order of the file */
  throwIfAny(): void {
    if (this.list.length > 0) throw new InvalidInput(this.source, this.sorted());
  }

  sorted(): Problem[] {
    const at = (p: Problem) => (p.position ? p.position.line * 10_000 + p.position.column : 0);
    return [...this.list].sort((a, b) => at(a) - at(b));
  }
}
