'use client';
import type { LiveInterface, LivePod, LiveState } from '../../lab-agent/contract/lab.ts';
import { useText } from '../_languages/language-provider.tsx';
import type { Translate } from '../_languages/translate.ts';
import { sessionLinks } from './layout-sessions.ts';
import { noteText } from './pod-parts.tsx';
import { stateOf } from './pods-on-node.ts';
import { isTunnel } from './topology-shapes.ts';

/** The same as the picture, in words; loopbacks are here too. */
export function TopologyText({ state }: { state: LiveState }) {
  const t = useText();
  return (
    <ul className="mt-2 space-y-2 text-sm">
      {state.nodes.map((node) => (
        <li key={node.name}>
          <span className="font-medium">{node.name}</span>
          <ul className="mt-1 space-y-1 border-line border-l pl-3">
            {node.namespaces.map((space) => (
              <li key={space.netns ?? ''}>
                <span className="text-muted">
                  {space.pod && `${t('pod.about', { about: space.pod })}, `}
                  {space.netns ? t('topology.namespace', { name: space.netns }) : t('topology.own')}
                  {space.defaultVia && `, ${t('topology.via', { via: space.defaultVia })}`}
                  {space.problem && `: ${space.problem}`}
                </span>
                <ul className="pl-3 font-mono text-xs leading-relaxed">
                  {space.interfaces.map((nic) => (
                    <li key={nic.name}>{nicText(nic, t)}</li>
                  ))}
                </ul>
              </li>
            ))}
            {podsOf(state, node.name).map((pod) => (
              <li key={pod.name} className="text-muted">
                {podText(pod, t)}
              </li>
            ))}
          </ul>
        </li>
      ))}
      {tunnels(state).map(([name, nodes]) => (
        <li key={name}>{t('topology.tunnel', { name, nodes: nodes.join(', ') })}</li>
      ))}
      {sessionLinks(state.sessions ?? []).map(({ key, ends, state: how }) => (
        <li key={key}>{t('topology.session', { one: ends[0], two: ends[1], state: how })}</li>
      ))}
    </ul>
  );
}

const podsOf = ({ pods = [] }: LiveState, node: string): LivePod[] => pods.filter((pod) => pod.node === node);

function podText(pod: LivePod, t: Translate): string {
  const about = [pod.name, pod.address, noteText(stateOf(pod).note, t) ?? t('pod.ready')];
  return t('pod.about', { about: about.filter(Boolean).join(', ') });
}

/** The tunnels that several machines have, with those machines. */
function tunnels({ nodes }: LiveState): [string, string[]][] {
  const ends = new Map<string, string[]>();
  for (const { name, namespaces } of nodes) {
    const own = namespaces.find(({ netns }) => netns === undefined);
    for (const nic of own?.interfaces.filter(isTunnel) ?? []) ends.set(nic.name, [...(ends.get(nic.name) ?? []), name]);
  }
  return [...ends].filter(([, at]) => at.length > 1);
}

function nicText(nic: LiveInterface, t: Translate): string {
  const end = nic.peer && [nic.peer.node, nic.peer.netns, nic.peer.name].filter(Boolean).join(' ');
  const parts = [
    t(nic.up ? 'topology.up' : 'topology.down'),
    nic.addresses.join(' ') || t('topology.noAddress'),
    nic.master && t('topology.port', { bridge: nic.master }),
    end && t('topology.cable', { end }),
  ];
  return `${nic.name}: ${parts.filter(Boolean).join(', ')}`;
}
