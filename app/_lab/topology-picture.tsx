'use client';
import { useId, useMemo, useRef } from 'react';
import type { LiveState } from '../../lab-agent/contract/lab.ts';
import { useText } from '../_languages/language-provider.tsx';
import { layoutFor } from './layout-topology.ts';
import { Bar, Cable, Chip, Machine, Segment, SegmentLabel, Space } from './topology-parts.tsx';
import { TopologyText } from './topology-text.tsx';
import { useSize } from './use-size.ts';

/** The picture never grows beyond this many times its natural size: a lab of one machine should not shout. */
const LARGEST_SCALE = 1.25;
/** Below this its labels cannot be read: it scrolls instead. */
const SMALLEST_SCALE = 0.55;

/** `fit` keeps the whole picture in the height that there is; else it is as high as its width makes it. */
type TopologyPictureProps = { state: LiveState; node?: string | undefined; fit?: boolean | undefined };

/** What exists in the lab now, as a picture and, for whoever would rather read or hear it, as a list. */
export function TopologyPicture({ state, node, fit }: TopologyPictureProps) {
  const t = useText();
  const id = useId();
  const shown = useMemo(
    () => (node ? { ...state, nodes: state.nodes.filter((n) => n.name === node) } : state),
    [state, node],
  );
  const place = useRef<HTMLDivElement>(null);
  const size = useSize(place, fit === true);
  const layout = useMemo(() => layoutFor(shown, size), [shown, size]);
  const { width, height } = layout;
  return (
    <div className={fit ? 'flex h-full flex-col' : ''}>
      <div ref={place} className={fit ? 'flex min-h-0 flex-1 overflow-auto' : 'overflow-x-auto'}>
        <svg
          viewBox={`0 0 ${width} ${height}`}
          width={width * LARGEST_SCALE}
          height={height * LARGEST_SCALE}
          role="img"
          aria-labelledby={`${id}-title ${id}-desc`}
          className={`topology m-auto w-full ${fit ? 'h-full' : 'h-auto'}`}
          style={{
            maxWidth: width * LARGEST_SCALE,
            maxHeight: height * LARGEST_SCALE,
            minWidth: width * SMALLEST_SCALE,
            ...(fit ? { minHeight: height * SMALLEST_SCALE } : {}),
          }}
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
          {layout.segments.map((s) => (
            <SegmentLabel key={s.key} segment={s} />
          ))}
        </svg>
      </div>
      <details className="mt-1 max-h-full shrink-0 overflow-auto text-sm">
        <summary className="w-fit text-muted text-xs">{t('topology.asText')}</summary>
        <TopologyText state={shown} />
      </details>
    </div>
  );
}
