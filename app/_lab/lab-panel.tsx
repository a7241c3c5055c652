'use client';
import { useEffect } from 'react';
import { Group, type Layout, Panel, Separator, usePanelRef } from 'react-resizable-panels';
import { useText } from '../_languages/language-provider.tsx';
import { rememberLayout, type SavedLayouts } from '../_reader/saved-layouts.ts';
import { LabAbsence } from './lab-absence.tsx';
import { LabBanner } from './lab-banner.tsx';
import { LabStatus } from './lab-status.tsx';
import { LabTerminals } from './lab-terminals.tsx';
import { LiveTopology } from './live-topology.tsx';

type LabPanelProps = { layouts: SavedLayouts; picture: boolean; onPicture(): void };

/** The lab's side of the page: its status, what exists in it, and its terminals. */
export function LabPanel({ layouts, picture, onPicture }: LabPanelProps) {
  const t = useText();
  const panel = usePanelRef();
  useEffect(() => {
    if (picture) panel.current?.expand();
    else panel.current?.collapse();
  }, [picture, panel]);
  return (
    <section aria-label={t('lab.title')} className="flex h-full flex-col bg-bg">
      <LabStatus picture={picture} onPicture={onPicture} />
      <LabBanner />
      <div className="relative min-h-0 flex-1">
        <LabAbsence />
        <Group
          orientation="vertical"
          className="h-full"
          defaultLayout={layouts.lab as Layout | undefined}
          onLayoutChanged={(layout) => {
            if (picture) rememberLayout('lab', layout);
          }}
        >
          <Panel id="picture" panelRef={panel} defaultSize="42%" minSize="6rem" collapsible collapsedSize={0}>
            <div className="h-full overflow-hidden p-3 pb-1">
              <LiveTopology fit />
            </div>
          </Panel>
          <Separator id="floor" aria-label={t('topology.divider')} className="split-divider-flat" />
          <Panel id="terminals" defaultSize="58%" minSize="8rem">
            <LabTerminals />
          </Panel>
        </Group>
      </div>
    </section>
  );
}
