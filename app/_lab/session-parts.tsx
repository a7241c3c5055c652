'use client';
import { useText } from '../_languages/language-provider.tsx';
import { Thing } from './topology-parts.tsx';
import type { LinkShape, SessionsShape } from './topology-shapes.ts';

/** Who speaks BGP with whom. A session that is not established says what it is instead. */
export function Sessions({ sessions }: { sessions: SessionsShape }) {
  const t = useText();
  const { x, y, width, height, speakers, links } = sessions;
  return (
    <Thing x={x} y={y}>
      <g data-testid="sessions">
        <rect className="sessions" width={width} height={height} rx={9} />
        <text x={14} y={17.5} className="big">
          {t('topology.sessions')}
        </text>
        {links.map((link) => (
          <path
            key={link.key}
            className="session"
            data-testid="session"
            data-up={link.up}
            d={`M${link.from.x},${link.from.y} L${link.to.x},${link.to.y}`}
          >
            <title>{`${link.key.replace('—', ' — ')}: ${link.state}`}</title>
          </path>
        ))}
        {speakers.map((speaker) => (
          <g key={speaker.name}>
            <circle className="speaker" cx={speaker.x} cy={speaker.y} r={5} />
            <text x={speaker.label.x} y={speaker.label.y} textAnchor={speaker.label.anchor} className="name">
              {speaker.name}
            </text>
          </g>
        ))}
        {links
          .filter(({ up }) => !up)
          .map((link) => (
            <State key={link.key} link={link} />
          ))}
      </g>
    </Thing>
  );
}

/** Off the middle of its line, where lines of a ring cross. */
function State({ link: { from, to, state } }: { link: LinkShape }) {
  return (
    <text x={from.x * 0.6 + to.x * 0.4} y={from.y * 0.6 + to.y * 0.4 + 4} textAnchor="middle" className="alarm label">
      {state}
    </text>
  );
}
