'use client';
import type { KeyboardEvent } from 'react';
import { useText } from '../_languages/language-provider.tsx';
import type { Translate } from '../_languages/translate.ts';
import { Thing } from './topology-parts.tsx';
import type { PillShape, PodShape } from './topology-shapes.ts';

type PodProps = { pod: PodShape; chosen: boolean; onChoose: ((name: string) => void) | undefined };

/** A pod: whether it is ready is told by shape and word as well as by colour. It can be chosen, unless the cluster does not tell of it. */
export function Pod({ pod, chosen, onChoose }: PodProps) {
  const t = useText();
  const note = noteText(pod.note, t);
  const said = [pod.name, pod.node, pod.address, note ?? (pod.tone === 'good' ? t('pod.ready') : '')];
  return (
    <Thing x={pod.x} y={pod.y}>
      <g
        className="pod"
        data-testid="pod"
        data-pod={pod.name}
        data-tone={pod.tone}
        data-chosen={chosen}
        aria-label={t('pod.about', { about: said.filter(Boolean).join(', ') })}
        {...(onChoose ? { role: 'button', tabIndex: 0, ...pressed(() => onChoose(pod.name)) } : { role: 'img' })}
      >
        <title>{pod.name}</title>
        <rect width={pod.width} height={pod.height} rx={7} />
        <circle className="light" cx={13} cy={11.5} r={3.5} />
        <text x={22} y={15.5} className="name">
          {pod.label}
        </text>
        {note && (
          <text x={10} y={31} className={pod.tone === 'bad' ? 'alarm' : 'quiet'}>
            {note}
          </text>
        )}
      </g>
    </Thing>
  );
}

export function noteText(note: PodShape['note'], t: Translate): string | undefined {
  if (note === undefined) return undefined;
  return typeof note === 'object' ? note.phase : t(`pod.${note}`);
}

/** How many pods are left out here, and the way to them. */
export function Pill({ pill, onToggle }: { pill: PillShape; onToggle(key: string): void }) {
  const t = useText();
  const { key, width, height, what, count, open, node } = pill;
  const text = open ? t(`topology.${what}.hide`) : t(`topology.${what}`, { count });
  return (
    <Thing x={pill.x} y={pill.y}>
      {/* biome-ignore lint/a11y/useSemanticElements: a picture has no buttons of its own */}
      <g
        className="pill"
        role="button"
        tabIndex={0}
        data-testid={`pill-${what}`}
        aria-expanded={open}
        aria-label={`${node}: ${text}`}
        {...pressed(() => onToggle(key))}
      >
        <rect width={width} height={height} rx={height / 2} />
        <text x={width / 2} y={height / 2 + 4} textAnchor="middle" className="quiet">
          {text}
        </text>
      </g>
    </Thing>
  );
}

/** What makes a part of a picture work as a button does. */
function pressed(onPress: () => void) {
  return {
    onClick: onPress,
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      onPress();
    },
  };
}
