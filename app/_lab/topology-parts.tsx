'use client';
import type { ReactNode } from 'react';
import { useText } from '../_languages/language-provider.tsx';
import { CLOUD_PATH } from './cloud-path.ts';
import type { BarShape, CableShape, ChipShape, MachineShape, SegmentShape, SpaceShape } from './topology-shapes.ts';
import { shortened } from './topology-shapes.ts';

type ThingProps = { x: number; y: number; inert?: boolean; children: ReactNode };

/** A thing of the picture at its place; it moves there softly when the place changes. */
export function Thing({ x, y, inert, children }: ThingProps) {
  return (
    <g data-thing style={{ transform: `translate(${x}px, ${y}px)`, pointerEvents: inert ? 'none' : undefined }}>
      <g>{children}</g>
    </g>
  );
}

export function Machine({ machine }: { machine: MachineShape }) {
  const t = useText();
  const { width, height, name, via } = machine;
  if (machine.kind === 'internet') {
    return (
      <Thing x={machine.x} y={machine.y}>
        <path className="cloud" d={CLOUD_PATH} />
        <text x={width / 2} y={height / 2 + 10} textAnchor="middle" className="big">
          {name === 'internet' ? t('topology.internet') : name}
        </text>
      </Thing>
    );
  }
  return (
    <Thing x={machine.x} y={machine.y}>
      <rect className="machine" width={width} height={height} rx={9} />
      <path
        className="machine-head"
        d={`M0.7,26 V9 a8.3,8.3 0 0 1 8.3,-8.3 H${width - 9} a8.3,8.3 0 0 1 8.3,8.3 V26 Z`}
      />
      <text x={14} y={17.5} className="big">
        {name}
      </text>
      {via && (
        <text x={width - 12} y={17.5} textAnchor="end" className="quiet">
          → {via}
        </text>
      )}
    </Thing>
  );
}

/** The colours that namespaces are named after in lessons (RED, BLUE): a name that is a colour gets it, others stay grey. */
const TINTS: Record<string, string> = {
  red: 'light-dark(#c4372b, #ff8a7d)',
  blue: 'light-dark(#2f62d6, #8ab0ff)',
  green: 'light-dark(#1d8048, #6ad79d)',
  yellow: 'light-dark(#957000, #e9cc5a)',
  orange: 'light-dark(#b55a00, #ffb066)',
  purple: 'light-dark(#7c3fc0, #c5a1ff)',
  pink: 'light-dark(#b83280, #ff9ed2)',
};

export function Space({ space }: { space: SpaceShape }) {
  const t = useText();
  const tint = TINTS[space.name.toLowerCase()];
  return (
    <Thing x={space.x} y={space.y}>
      <rect
        className="space"
        width={space.width}
        height={space.height}
        rx={7}
        style={tint ? ({ '--tint': tint } as React.CSSProperties) : undefined}
      />
      <text x={10} y={16} className="big" style={tint ? { fill: tint } : undefined}>
        <title>{space.name}</title>
        {shortened(space.name, 24)}
      </text>
      {space.via && (
        <text x={10} y={33} className="quiet">
          {t('topology.via', { via: space.via })}
        </text>
      )}
      {(space.empty || space.problem) && (
        <text
          x={space.width / 2}
          y={space.height - 20}
          textAnchor="middle"
          className={space.problem ? 'alarm' : 'quiet'}
        >
          {space.problem ?? t('topology.empty')}
        </text>
      )}
    </Thing>
  );
}

export function Bar({ bar }: { bar: BarShape }) {
  return (
    <Thing x={bar.x} y={bar.y}>
      <rect className="bar" data-up={bar.up} width={bar.width} height={bar.height} rx={6} />
      <circle className="dot" data-up={bar.up} cx={15} cy={15} r={3} />
      <text x={25} y={19} className="name">
        {bar.name}
      </text>
      <text x={bar.width - 12} y={19} textAnchor="end" className="quiet">
        {bar.lines.join('  ')}
      </text>
    </Thing>
  );
}

/** What lies below it, a pod, can be pressed through it. */
export function Chip({ chip }: { chip: ChipShape }) {
  return (
    <Thing x={chip.x} y={chip.y} inert>
      <rect className="chip" data-up={chip.up} width={chip.width} height={chip.height} rx={5} />
      <circle className="dot" data-up={chip.up} cx={12} cy={13} r={3} />
      <text x={20} y={17} className="name">
        {chip.name}
      </text>
      {chip.lines.map((line, i) => (
        <text key={line} x={9} y={32 + i * 15} className="quiet">
          {line}
        </text>
      ))}
    </Thing>
  );
}

export function Cable({ cable }: { cable: CableShape }) {
  return (
    <g data-thing>
      <path className="cable" data-live={cable.live} d={cable.path} />
    </g>
  );
}

export function Segment({ segment }: { segment: SegmentShape }) {
  const { bars, riser, tunnel } = segment;
  const lines = [
    ...(riser ? [`M${riser.x},${riser.from} V${riser.to}`] : []),
    ...bars.map(({ y, from, to }) => `M${from},${y} H${to}`),
  ];
  const drops = bars.flatMap((bar) => bar.drops);
  if (tunnel) return <Tunnel lines={[...lines, ...drops.map((d) => `M${d.x + d.reach},${d.from} H${d.x} V${d.to}`)]} />;
  return (
    <g data-thing>
      {drops.map((drop) => (
        <path key={drop.key} className="cable" data-live={drop.live} d={`M${drop.x},${drop.from} V${drop.to}`} />
      ))}
      {lines.map((d) => (
        <path key={d} className="segment" d={d} />
      ))}
    </g>
  );
}

/** A pipe: what goes through it travels inside of what the cables carry. */
function Tunnel({ lines }: { lines: readonly string[] }) {
  const d = lines.join(' ');
  return (
    <g data-thing data-testid="tunnel">
      <path className="tunnel" d={d} />
      <path className="tunnel-inside" d={d} />
    </g>
  );
}

/** Apart from its lines, and drawn after all of them: a cable of another network may pass behind it. */
export function SegmentLabel({ segment: { label, labelAt, tunnel } }: { segment: SegmentShape }) {
  return (
    <text
      x={labelAt.x}
      y={labelAt.y}
      textAnchor={labelAt.anchor}
      className={tunnel ? 'tunnel-name label' : 'quiet label'}
    >
      {label}
    </text>
  );
}
