'use client';
import { type ReactNode, useRef } from 'react';
import type { LivePod } from '../../lab-agent/contract/lab.ts';
import { shortPodName } from '../_lessons/command-target.ts';
import { named, useTerminalLabels } from './labels.ts';
import type { WantedTerminal } from './terminal-registry.ts';

type OpenMenuProps = {
  nodes: readonly string[];
  pods: readonly LivePod[];
  onOpen(wanted: WantedTerminal): void;
};

/** "+": another terminal on any node that has a shell, or in a pod. With one node there is nothing to choose. */
export function OpenMenu({ nodes, pods, onOpen }: OpenMenuProps) {
  const labels = useTerminalLabels();
  const details = useRef<HTMLDetailsElement>(null);
  const [only] = nodes;
  if (only === undefined) return null;
  const plus = (
    <span aria-hidden="true" className="grid size-4 place-items-center text-lg leading-none">
      +
    </span>
  );
  if (nodes.length === 1 && pods.length === 0) {
    const label = named(labels.openOn, only);
    return (
      <button
        type="button"
        aria-label={label}
        title={label}
        className="button button-quiet p-1.5"
        onClick={() => onOpen({ node: only })}
      >
        {plus}
      </button>
    );
  }
  const close = () => {
    if (details.current) details.current.open = false;
  };
  const choose = (wanted: WantedTerminal) => {
    close();
    onOpen(wanted);
  };
  return (
    <details
      ref={details}
      className="relative"
      onKeyDown={(event) => {
        if (event.key === 'Escape') close();
      }}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) close();
      }}
    >
      <summary aria-label={labels.open} title={labels.open} className="button button-quiet list-none p-1.5">
        {plus}
      </summary>
      <div className="absolute top-full right-0 z-20 mt-1 max-h-80 w-max min-w-40 max-w-[min(34rem,calc(100cqw-7rem))] overflow-y-auto rounded-lg border border-line bg-surface p-1 shadow-lg">
        {pods.length > 0 && <Heading>{labels.nodes}</Heading>}
        {nodes.map((node) => (
          <button
            key={node}
            type="button"
            aria-label={named(labels.openOn, node)}
            className="block w-full rounded px-3 py-1.5 text-left font-mono text-sm hover:bg-sunken"
            onClick={() => choose({ node })}
          >
            {node}
          </button>
        ))}
        {pods.length > 0 && <Heading>{labels.pods}</Heading>}
        {learnersFirst(pods).map((pod) => (
          <PodRow key={pod.name} pod={pod} onOpen={choose} />
        ))}
      </div>
    </details>
  );
}

function Heading({ children }: { children: ReactNode }) {
  return <p className="px-3 pt-1.5 pb-0.5 font-medium text-muted text-xs">{children}</p>;
}

/** A pod on its node's own network has no other network namespace to look into. */
function PodRow({ pod, onOpen }: { pod: LivePod; onOpen(wanted: WantedTerminal): void }) {
  const labels = useTerminalLabels();
  const { name, node, hostNetwork } = pod;
  const short = shortPodName(name);
  const ways = [
    { by: 'exec', word: labels.container, label: labels.openExec },
    { by: 'namespace', word: labels.netns, label: labels.openNetns },
  ] as const;
  return (
    <div className="flex flex-wrap items-center gap-x-4 py-0.5 pl-3">
      <span className="wrap-anywhere min-w-0 font-mono text-sm">
        {short} <span className="whitespace-nowrap text-muted text-xs">{node}</span>
      </span>
      <span className="ml-auto flex shrink-0">
        {ways
          .filter(({ by }) => by === 'exec' || !hostNetwork)
          .map(({ by, word, label }) => (
            <button
              key={by}
              type="button"
              aria-label={named(label, short)}
              title={named(label, short)}
              className="rounded px-2 py-1 text-muted text-xs hover:bg-sunken hover:text-ink"
              onClick={() => onOpen({ node, pod: { name, by } })}
            >
              {word}
            </button>
          ))}
      </span>
    </div>
  );
}

function learnersFirst(pods: readonly LivePod[]): LivePod[] {
  const system = ({ name }: LivePod) => Number(name.startsWith('kube-system/'));
  return pods.filter(({ node }) => node !== '').sort((a, b) => system(a) - system(b));
}
