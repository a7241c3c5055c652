import type { Place } from '../contract/names.ts';
import type { RunningLab } from '../providers/provider.ts';
import { keyOf } from './round.ts';

/** Where the pods are that somebody listens to, kept current: a pod of the same name may come again elsewhere. */
export class PodPlaces {
  readonly #lab: RunningLab;
  readonly #onChange: () => void;
  readonly #places = new Map<string, Place | undefined>();

  constructor(lab: RunningLab, onChange: () => void) {
    this.#lab = lab;
    this.#onChange = onChange;
  }

  /** Replaces the pods, NAMESPACE/NAME, whose places are kept. */
  want(pods: ReadonlySet<string>): void {
    for (const pod of this.#places.keys()) if (!pods.has(pod)) this.#places.delete(pod);
    for (const pod of pods) {
      if (this.#places.has(pod)) continue;
      this.#places.set(pod, undefined);
      void this.#find(pod);
    }
  }

  of(pod: string): Place | undefined {
    return this.#places.get(pod);
  }

  /** The pods that are at a place; several are on a node's own network. */
  at(place: Place): string[] {
    return [...this.#places].flatMap(([pod, at]) => (at && keyOf(at) === keyOf(place) ? pod : []));
  }

  /** The API told of a pod, or of any when no name is given. */
  changed(name: string | undefined): void {
    for (const pod of this.#places.keys()) if (name === undefined || name === pod) void this.#find(pod);
  }

  async #find(pod: string): Promise<void> {
    const found = await this.#lab.cluster?.placeOf(pod).catch(() => undefined);
    if (!this.#places.has(pod)) return;
    const place = found?.ok ? found.place : undefined;
    const before = this.#places.get(pod);
    if ((place && keyOf(place)) === (before && keyOf(before))) return;
    this.#places.set(pod, place);
    this.#onChange();
  }
}
