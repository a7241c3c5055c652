'use client';
import { useText } from '../_languages/language-provider.tsx';
import { useLab } from './lab-provider.tsx';
import { TopologyPicture } from './topology-picture.tsx';

/** The picture of the lab as it is now; before there is one, what is being waited for. */
export function LiveTopology({ node, fit }: { node?: string | undefined; fit?: boolean }) {
  const t = useText();
  const live = useLab((s) => s.live);
  const busy = useLab((s) => s.stage === 'building' || s.stage === 'bringing');
  if (live) return <TopologyPicture state={live} node={node} fit={fit} />;
  return (
    <div
      className={`grid min-h-24 place-items-center rounded-lg border border-line border-dashed p-6 text-center text-muted text-sm ${busy ? 'pulse' : ''}`}
    >
      {t('topology.waiting')}
    </div>
  );
}
