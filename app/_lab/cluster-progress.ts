import type { ClusterStep } from '../../lab-agent/contract/lab.ts';

/** How far a cluster is, in one look. Pure. */
export type ClusterProgress = {
  done: number;
  of: number;
  ready: boolean;
  /** The step that was reached last in the order of steps. */
  last: ClusterStep['id'] | undefined;
  /** When the last of all steps was reached, for a cluster that is ready. */
  readyAfterMs: number | undefined;
};

export function clusterProgress(steps: readonly ClusterStep[]): ClusterProgress {
  const reached = steps.filter((step) => step.reached);
  const ready = steps.length > 0 && reached.length === steps.length;
  const times = steps.flatMap(({ afterMs }) => afterMs ?? []);
  return {
    done: reached.length,
    of: steps.length,
    ready,
    last: reached.at(-1)?.id,
    readyAfterMs: ready && times.length > 0 ? Math.max(...times) : undefined,
  };
}

/** `0.4 s`, `7.3 s`, `41 s` */
export function seconds(ms: number): string {
  return `${ms < 20_000 ? (ms / 1000).toFixed(1) : Math.round(ms / 1000)} s`;
}
