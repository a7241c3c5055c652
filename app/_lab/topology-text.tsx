'use client';
import type { LiveInterface, LiveState } from '../../lab-agent/contract/lab.ts';
import { useText } from '../_languages/language-provider.tsx';
import type { Translate } from '../_languages/translate.ts';

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
          </ul>
        </li>
      ))}
    </ul>
  );
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
