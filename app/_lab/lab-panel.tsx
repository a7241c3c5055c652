'use client';
import { useText } from '../_languages/language-provider.tsx';
import type { SavedLayouts } from '../_reader/saved-layouts.ts';
import { Split } from '../_reader/split.tsx';
import { ClusterStarting } from './cluster-status.tsx';
import { LabAbsence } from './lab-absence.tsx';
import { LabBanner } from './lab-banner.tsx';
import { LabStatus } from './lab-status.tsx';
import { LabTerminals } from './lab-terminals.tsx';
import { LiveTopology } from './live-topology.tsx';

type LabPanelProps = { layouts: SavedLayouts; picture: boolean; onPicture(): void };

/** The lab's side of the page: its status, what exists in it, and its terminals. */
export function LabPanel({ layouts, picture, onPicture }: LabPanelProps) {
  const t = useText();
  return (
    <section aria-label={t('lab.title')} className="flex h-full flex-col bg-bg">
      <LabStatus picture={picture} onPicture={onPicture} />
      <LabBanner />
      <ClusterStarting />
      <div className="relative min-h-0 flex-1">
        <LabAbsence />
        <Split
          name="lab"
          orientation="vertical"
          share={layouts.lab}
          label={t('topology.divider')}
          alone={!picture}
          first={
            <div className="h-full overflow-hidden p-3 pb-1">
              <LiveTopology fit />
            </div>
          }
          second={<LabTerminals />}
        />
      </div>
    </section>
  );
}
