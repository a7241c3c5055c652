import type { CalloutProps } from '../_lessons/types.ts';
import { CalloutTitle } from './callout-title.tsx';

const looks = {
  note: 'border-accent bg-accent-soft',
  tip: 'border-good bg-good-soft',
  warning: 'border-warn bg-warn-soft',
} as const;

export function Callout({ kind = 'note', title, children }: CalloutProps) {
  return (
    <div role="note" className={`rounded-r-lg border-l-[3px] px-4 py-3 ${looks[kind]}`}>
      <p className="mb-1 font-semibold text-sm">{title ?? <CalloutTitle kind={kind} />}</p>
      <div className="step-body">{children}</div>
    </div>
  );
}
