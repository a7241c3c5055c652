'use client';
import { type CSSProperties, type KeyboardEvent, type PointerEvent, type ReactNode, useRef, useState } from 'react';
import { clampShare, rememberShare, type SplitName, shareAfterKey } from './saved-layouts.ts';

type SplitProps = {
  name: SplitName;
  orientation: 'horizontal' | 'vertical';
  /** What the first part takes at first, in percent. */
  share: number;
  /** What the divider is, for those who do not see it. */
  label: string;
  /** Whether the first part and the divider are away. */
  alone?: boolean;
  first: ReactNode;
  second: ReactNode;
};

/**
 * Two parts with a divider that is moved by pointer or arrow keys; a double click puts it back. Of our own, since the
 * library that does this brings 45 kB of workspaces along.
 */
export function Split({ name, orientation, share: start, label, alone = false, first, second }: SplitProps) {
  const [share, setShare] = useState(start);
  const box = useRef<HTMLDivElement>(null);
  const dragging = useRef(false);
  const across = orientation === 'horizontal';

  const move = (to: number) => {
    const next = clampShare(to);
    setShare(next);
    rememberShare(name, next);
  };
  const onPointerMove = (event: PointerEvent) => {
    const area = box.current?.getBoundingClientRect();
    if (!dragging.current || !area) return;
    move(across ? ((event.clientX - area.left) / area.width) * 100 : ((event.clientY - area.top) / area.height) * 100);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const to = shareAfterKey(share, event.key, across);
    if (to === undefined) return;
    event.preventDefault();
    move(to);
  };

  return (
    <div
      ref={box}
      data-split={name}
      className={`split split-${orientation}`}
      style={{ '--share': `${share}%` } as CSSProperties}
    >
      <div id={`${name}-first`} className="split-first" hidden={alone}>
        {first}
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: an hr cannot be moved; a focusable separator with a value is the pattern for this */}
      <div
        role="separator"
        tabIndex={0}
        hidden={alone}
        aria-label={label}
        aria-orientation={across ? 'vertical' : 'horizontal'}
        aria-controls={`${name}-first`}
        aria-valuenow={Math.round(share)}
        aria-valuemin={15}
        aria-valuemax={85}
        className="split-divider"
        onKeyDown={onKeyDown}
        onDoubleClick={() => move(start)}
        onPointerDown={(event) => {
          dragging.current = true;
          event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerMove={onPointerMove}
        onLostPointerCapture={() => {
          dragging.current = false;
        }}
      />
      <div className="split-second">{second}</div>
    </div>
  );
}
