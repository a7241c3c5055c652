'use client';
import { useEffect, useRef } from 'react';
import type { LivePod } from '../../lab-agent/contract/lab.ts';
import { useText } from '../_languages/language-provider.tsx';
import { Icon } from '../_reader/icons.tsx';
import { useShowLab } from '../_reader/split-view.tsx';
import { openTerminal } from '../_terminal/terminal-registry.ts';

/** The pod that was chosen on the picture: what it is, and the two ways into it. */
export function PodDetails({ pod, onLeave }: { pod: LivePod; onLeave(): void }) {
  const t = useText();
  const showLab = useShowLab();
  const first = useRef<HTMLButtonElement>(null);
  useEffect(() => first.current?.focus(), []);
  const { name, node, address, phase, ready, hostNetwork } = pod;
  const open = (by: 'exec' | 'namespace') => {
    if (!openTerminal({ node, pod: { name, by } })) return;
    onLeave();
    showLab();
  };
  return (
    <section
      aria-label={t('pod.about', { about: name })}
      data-testid="pod-details"
      className="mt-1 flex shrink-0 flex-wrap items-center gap-x-3 gap-y-1.5 rounded-lg border border-line bg-surface px-3 py-2 text-sm"
      onKeyDown={(event) => {
        if (event.key === 'Escape') onLeave();
      }}
    >
      <p className="mr-auto min-w-0">
        <span className="break-all font-medium font-mono">{name}</span>{' '}
        <span className="text-muted">
          {[node, address, ready ? t('pod.ready') : phase].filter(Boolean).join(' · ')}
        </span>
      </p>
      <span className="flex flex-wrap gap-1.5">
        <button ref={first} type="button" className="button button-tint" onClick={() => open('exec')}>
          {t('pod.exec')}
        </button>
        {!hostNetwork && (
          <button type="button" className="button" onClick={() => open('namespace')}>
            {t('pod.netns')}
          </button>
        )}
        <button type="button" className="button button-quiet px-2" aria-label={t('app.close')} onClick={onLeave}>
          <Icon name="cross" />
        </button>
      </span>
    </section>
  );
}
