import * as z from 'zod';
import type { RunningLab } from '../providers/provider.ts';

const objectShape = z.object({ metadata: z.object({ name: z.string(), namespace: z.string().optional() }) });

/** Follows collections of a cluster's API for whoever wants to know of changes: one watch per collection. */
export class ApiWatches {
  readonly #lab: RunningLab;
  readonly #onChange: (path: string, name: string | undefined) => void;
  readonly #watches = new Map<string, Disposable>();

  /** @param onChange told the NAMESPACE/NAME of what changed (of the cluster's own objects the name alone), or nothing when anything may have */
  constructor(lab: RunningLab, onChange: (path: string, name: string | undefined) => void) {
    this.#lab = lab;
    this.#onChange = onChange;
  }

  /** Replaces the collections that are followed. */
  want(paths: ReadonlySet<string>): void {
    for (const [path, watch] of this.#watches) {
      if (paths.has(path)) continue;
      this.#watches.delete(path);
      watch[Symbol.dispose]();
    }
    const { cluster } = this.#lab;
    if (!cluster) return;
    for (const path of paths) {
      if (this.#watches.has(path)) continue;
      // While the API is away, or has no such collection, only the first loss is news.
      let news = true;
      const on = {
        event: (_type: string, object: unknown) => {
          news = true;
          this.#onChange(path, nameOf(object));
        },
        lost: () => {
          if (news) this.#onChange(path, undefined);
          news = false;
        },
      };
      this.#watches.set(path, cluster.watch(path, on));
    }
  }
}

function nameOf(object: unknown): string | undefined {
  const metadata = objectShape.safeParse(object).data?.metadata;
  if (!metadata) return undefined;
  return metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`;
}
