'use client';
import type { LivePod } from '../../lab-agent/contract/lab.ts';
import { useText } from '../_languages/language-provider.tsx';
import { shortPodName } from '../_lessons/command-target.ts';

/** Pods that no machine has taken yet have no place on the picture. */
export function UnscheduledPods({ pods }: { pods: readonly LivePod[] }) {
  const t = useText();
  const waiting = pods.filter(({ node }) => node === '');
  if (waiting.length === 0) return null;
  const names = waiting.map(({ name, phase }) => `${shortPodName(name)} (${phase})`).join(', ');
  return <p className="mt-1 shrink-0 text-sm text-warn">{t('pod.unscheduled', { pods: names })}</p>;
}
