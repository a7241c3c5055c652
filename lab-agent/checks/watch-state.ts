import type { LiveState } from '../contract/lab.ts';
import type { RunningLab } from '../providers/provider.ts';
import { kernelEventsOf } from './kernel-events.ts';
import { Pacer } from './pacer.ts';

/** What one command does to links and addresses is one picture; under a storm it is drawn four times a second. */
const PACE = { debounceMs: 60, intervalMs: 250, rest: 3 };

/**
 * Calls back with what exists in a lab: at once, then whenever the kernel's events led to a different picture.
 * A lab that cannot be read at the moment is passed over; the next event tries again.
 */
export function watchState(lab: RunningLab, onState: (state: LiveState) => void): Disposable {
  let told = '';
  let disposed = false;
  const pacer = new Pacer(async () => {
    const state = await lab.liveState().catch(() => undefined);
    if (!state || disposed) return;
    const now = JSON.stringify([state.nodes, state.pods, state.sessions]);
    if (now === told) return;
    told = now;
    onState(state);
  }, PACE);
  const events = kernelEventsOf(lab).subscribe(({ change }) => {
    // The picture has no neighbour tables and no rules.
    if (change === 'links' || change === 'namespaces') pacer.request();
  });
  events.want(lab.nodes.map(({ name }) => ({ node: name, by: 'everything' as const })));
  // Whether a pod is ready is nothing that the kernel would tell.
  const pods = lab.cluster?.watch('/api/v1/pods', { event: () => pacer.request(), lost: () => pacer.request() });
  pacer.request();
  return {
    [Symbol.dispose]() {
      disposed = true;
      events[Symbol.dispose]();
      pods?.[Symbol.dispose]();
      pacer[Symbol.dispose]();
    },
  };
}
