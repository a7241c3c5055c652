import type { Place } from '../contract/names.ts';

/**
 * A lab's Kubernetes cluster, looked at from outside with the credentials of its template. What it answers was written by
 * learners, who are root in it: everything is parsed before it is used.
 */
export interface ClusterView {
  /** The node that the control plane runs on. */
  readonly controlPlane: string;
  /** Every node of the cluster with its own address in it. */
  readonly nodes: readonly { name: string; address: string }[];

  /** GET of a path of the API: `/api/v1/namespaces/default/pods/pod1`, `/apis/crd.projectcalico.org/v1/ippools`. */
  get(path: string, options?: { timeoutMs?: number }): Promise<ApiAnswer>;

  /**
   * Follows a collection until disposed (`?watch=1` is added): `event` for each change, those that exist first.
   * It connects again by itself while the lab lives; `lost` says that events may have been missed.
   */
  watch(path: string, on: { event(type: string, object: unknown): void; lost?(why: string): void }): Disposable;

  /** The node and network namespace of a pod, NAMESPACE/NAME; of one on the host's network the node alone. */
  placeOf(pod: string): Promise<PodPlace>;
}

/** `status` is HTTP's: 404 is an answer. `ok: false` when the API could not be asked. */
export type ApiAnswer = { ok: true; status: number; body: unknown } | { ok: false; why: string };

/** `missing`: the API knows no such pod, or it has no namespace yet; else looking failed. */
export type PodPlace = { ok: true; place: Place } | { ok: false; missing: boolean; why: string };
