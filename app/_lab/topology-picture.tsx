'use client';
import { useId, useMemo, useRef, useState } from 'react';
import type { LiveState } from '../../lab-agent/contract/lab.ts';
import { useText } from '../_languages/language-provider.tsx';
import { fitTopology, LARGEST_SCALE, SMALLEST_SCALE } from './fit-topology.ts';
import { layoutTopology } from './layout-topology.ts';
import { PodDetails } from './pod-details.tsx';
import { Pill, Pod } from './pod-parts.tsx';
import { Sessions } from './session-parts.tsx';
import { Bar, Cable, Chip, Machine, Segment, SegmentLabel, Space } from './topology-parts.tsx';
import { TopologyText } from './topology-text.tsx';
import { UnscheduledPods } from './unscheduled-pods.tsx';
import { useShowNew } from './use-show-new.ts';
import { useSize } from './use-size.ts';

const NONE: readonly string[] = [];

/** `fit` keeps the picture in the height that there is; else it is as high as its width makes it. */
type TopologyPictureProps = { state: LiveState; node?: string | undefined; fit?: boolean | undefined };

/** What exists in the lab now, as a picture and, for whoever would rather read or hear it, as a list. */
export function TopologyPicture({ state, node, fit }: TopologyPictureProps) {
  const shown = useMemo(() => (node ? onlyNode(state, node) : state), [state, node]);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const [whole, setWhole] = useState(false);
  const [chosen, setChosen] = useState<string>();
  const t = useText();
  const id = useId();
  const place = useRef<HTMLDivElement>(null);
  const svg = useRef<SVGSVGElement>(null);
  const size = useSize(place);
  const { layout, style, larger } = useMemo(() => {
    if (!size) return asWideAsPossible(layoutTopology(shown, { open }));
    const room = fit ? size : { ...size, height: Number.POSITIVE_INFINITY };
    const { scale, ...fitted } = fitTopology(shown, room, { open, whole });
    return { ...fitted, style: { width: fitted.layout.width * scale, height: fitted.layout.height * scale } };
  }, [shown, size, fit, open, whole]);
  const pods = shown.pods ?? [];
  const podElement = (name: string) => svg.current?.querySelector<SVGElement>(`[data-pod="${CSS.escape(name)}"]`);
  const learners = pods.map(({ name }) => name).filter((name) => !name.startsWith('kube-system/'));
  useShowNew(place, fit ? learners : NONE, podElement);
  const pod = pods.find(({ name }) => name === chosen);
  const toggle = (key: string) => setOpen((now) => (now.has(key) ? without(now, key) : new Set([...now, key])));
  const leave = () => {
    setChosen(undefined);
    // Back to where the keyboard came from.
    podElement(chosen ?? '')?.focus();
  };

  return (
    <div className={fit ? 'flex h-full flex-col' : ''}>
      <div
        ref={place}
        className={
          fit
            ? 'flex min-h-0 flex-1 overflow-auto [scrollbar-gutter:stable] [scrollbar-width:thin]'
            : 'overflow-x-auto [scrollbar-width:thin]'
        }
      >
        <svg
          ref={svg}
          viewBox={`0 0 ${layout.width} ${layout.height}`}
          // What can be pressed in a picture must not be hidden behind one image.
          role={pods.length > 0 ? 'group' : 'img'}
          aria-labelledby={`${id}-title ${id}-desc`}
          className="topology m-auto shrink-0"
          style={style}
        >
          <title id={`${id}-title`}>{t('topology.title')}</title>
          <desc id={`${id}-desc`}>{t('topology.about', { nodes: shown.nodes.map((n) => n.name).join(', ') })}</desc>
          {layout.segments
            .filter((s) => !s.tunnel)
            .map((s) => (
              <Segment key={s.key} segment={s} />
            ))}
          {layout.machines.map((m) => (
            <Machine key={m.key} machine={m} />
          ))}
          {layout.segments
            .filter((s) => s.tunnel)
            .map((s) => (
              <Segment key={s.key} segment={s} />
            ))}
          {layout.spaces.map((s) => (
            <Space key={s.key} space={s} />
          ))}
          {layout.pods.map((p) => (
            <Pod
              key={p.key}
              pod={p}
              chosen={p.name === chosen}
              onChoose={pods.some(({ name }) => name === p.name) ? setChosen : undefined}
            />
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
          {layout.pills.map((p) => (
            <Pill key={p.key} pill={p} onToggle={toggle} />
          ))}
          {layout.segments.map((s) => (
            <SegmentLabel key={s.key} segment={s} />
          ))}
          {layout.sessions && <Sessions sessions={layout.sessions} />}
        </svg>
      </div>
      {pod && <PodDetails key={pod.name} pod={pod} onLeave={leave} />}
      <UnscheduledPods pods={pods} />
      <div className="relative mt-1 flex max-h-full shrink-0 text-sm">
        <details className="min-w-0 flex-1 overflow-auto">
          <summary className="w-fit text-muted text-xs">{t('topology.asText')}</summary>
          <TopologyText state={shown} />
        </details>
        {(larger || whole) && (
          <button
            type="button"
            aria-pressed={whole}
            className="absolute top-0 right-0 text-muted text-xs hover:text-ink"
            onClick={() => setWhole(!whole)}
          >
            {t(whole ? 'topology.readable' : 'topology.whole')}
          </button>
        )}
      </div>
    </div>
  );
}

/** One machine, without what it has agreed with others. */
function onlyNode({ pods, sessions: _, ...state }: LiveState, node: string): LiveState {
  return {
    ...state,
    nodes: state.nodes.filter(({ name }) => name === node),
    ...(pods ? { pods: pods.filter((pod) => pod.node === node) } : {}),
  };
}

/** Until the place has been measured, the browser scales it. */
function asWideAsPossible(layout: ReturnType<typeof layoutTopology>) {
  const style = {
    width: '100%',
    maxWidth: layout.width * LARGEST_SCALE,
    minWidth: layout.width * SMALLEST_SCALE,
  };
  return { layout, style, larger: false };
}

function without(keys: ReadonlySet<string>, key: string): ReadonlySet<string> {
  return new Set([...keys].filter((one) => one !== key));
}
