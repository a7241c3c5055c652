'use client';
import { useId, useMemo } from 'react';
import type { LiveState } from '../../lab-agent/contract/lab.ts';
import { useText } from '../_languages/language-provider.tsx';
import { layoutTopology } from './layout-topology.ts';
import { Bar, Cable, Chip, Machine, Segment, Space } from './topology-parts.tsx';
import { TopologyText } from './topology-text.tsx';

/** The picture never grows beyond this many times its natural size: a lab of one machine should not shout. */
const LARGEST_SCALE = 1.25;

type TopologyPictureProps = { state: LiveState; node?: string | undefined };

/** What exists in the lab now, as a picture and, for whoever would rather read or hear it, as a list. */
export function TopologyPicture({ state, node }: TopologyPictureProps) {
  const t = useText();
  const id = useId();
  const shown = useMemo(
    () => (node ? { ...state, nodes: state.nodes.filter((n) => n.name === node) } : state),
    [state, node],
  );
  const layout = useMemo(() => layoutTopology(shown), [shown]);
  const { width, height } = layout;
  return (
    <div className="flex min-h-0 flex-col items-center">
      <svg
        viewBox={`0 0 ${width} ${height}`}
        width={width * LARGEST_SCALE}
        height={height * LARGEST_SCALE}
        role="img"
        aria-labelledby={`${id}-title ${id}-desc`}
        className="topology h-auto max-h-full w-full"
        style={{ maxWidth: width * LARGEST_SCALE }}
      >
        <title id={`${id}-title`}>{t('topology.title')}</title>
        <desc id={`${id}-desc`}>{t('topology.about', { nodes: shown.nodes.map((n) => n.name).join(', ') })}</desc>
        {layout.segments.map((s) => (
          <Segment key={s.key} segment={s} />
        ))}
        {layout.machines.map((m) => (
          <Machine key={m.key} machine={m} />
        ))}
        {layout.spaces.map((s) => (
          <Space key={s.key} space={s} />
        ))}
        {layout.bars.map((b) => (
          <Bar key={b.key} bar={b} />
        ))}
        {layout.chips.map((c) => (
          <Chip key={c.key} chip={c} />
        ))}
        {layout.cables.map((c) => (
          <Cable key={c.key} cable={c} />
        ))}
      </svg>
      <details className="mt-2 w-full text-sm">
        <summary className="w-fit text-muted text-xs">{t('topology.asText')}</summary>
        <TopologyText state={shown} />
      </details>
    </div>
  );
}
