import type { BgpSession, LiveState } from '../../lab-agent/contract/lab.ts';
import { type SessionsShape, type SpeakerShape, textWidth } from './topology-shapes.ts';

/** Two that speak BGP, and how it is between them as both sides tell it. */
export type SessionLink = { key: string; ends: [string, string]; state: string; up: boolean };

const RING = { x: 74, y: 58 };
const HEADER = 26;
const PAD = 16;
/** Between a speaker and its name. */
const LABEL_GAP = 11;

/** One link for each pair; it is up when no side says otherwise. A peer that is no node of the lab goes by its address. */
export function sessionLinks(sessions: readonly BgpSession[]): SessionLink[] {
  const links = new Map<string, SessionLink>();
  for (const { node, peer, peerNode, state } of sessions) {
    const ends = [node, peerNode ?? peer].sort() as [string, string];
    const key = ends.join('—');
    const known = links.get(key);
    const up = state === 'Established';
    if (!known || known.up) links.set(key, { key, ends, state, up });
  }
  return [...links.values()];
}

/** The speakers in a ring, in the order of the topology: a mesh looks like one, and so does a route reflector. */
export function layoutSessions({ nodes, sessions = [] }: LiveState): SessionsShape | undefined {
  const links = sessionLinks(sessions);
  if (links.length === 0) return undefined;
  const named = new Set(links.flatMap(({ ends }) => ends));
  const known = nodes.map(({ name }) => name).filter((name) => named.has(name));
  const names = [...known, ...[...named].filter((name) => !known.includes(name))];
  const widest = Math.max(...names.map(textWidth));
  const width = 2 * (RING.x + LABEL_GAP + widest + PAD);
  const height = HEADER + 2 * (RING.y + LABEL_GAP + 12) + PAD;
  const center = { x: width / 2, y: HEADER + RING.y + LABEL_GAP + 14 };
  const speakers = names.map((name, i) => speaker(name, { center, turn: i / names.length, two: names.length === 2 }));
  const at = (name: string) => speakers[names.indexOf(name)] as SpeakerShape;
  return {
    x: 0,
    y: 0,
    width,
    height,
    speakers,
    links: links.map(({ key, ends: [one, two], state, up }) => {
      const [from, to] = [at(one), at(two)];
      return { key, state, up, from: { x: from.x, y: from.y }, to: { x: to.x, y: to.y } };
    }),
  };
}

type OnRing = { center: { x: number; y: number }; turn: number; two: boolean };

function speaker(name: string, { center, turn, two }: OnRing): SpeakerShape {
  // The first on top; two of them beside each other, so that their line is one to read along.
  const angle = 2 * Math.PI * turn - (two ? Math.PI : Math.PI / 2);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const x = center.x + RING.x * cos;
  const y = center.y + RING.y * sin;
  const anchor = cos > 0.3 ? 'start' : cos < -0.3 ? 'end' : 'middle';
  const aside = anchor === 'middle' ? 0 : LABEL_GAP * Math.sign(cos);
  const below = anchor === 'middle' ? (LABEL_GAP + 3) * Math.sign(sin) : 0;
  return { name, x, y, label: { x: x + aside, y: y + below + 4, anchor } };
}
