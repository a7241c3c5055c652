import type { ReactNode } from 'react';

type CenteredProps = {
  title: string;
  busy?: boolean | undefined;
  /** How much is done, 0 to 1. */
  part?: number | undefined;
  action?: ReactNode;
  children?: ReactNode;
};

/** A message in the place of the lab, while there is none. */
export function Centered({ title, busy, part, action, children }: CenteredProps) {
  return (
    <div className="absolute inset-0 z-20 flex overflow-auto bg-bg p-6">
      <div className="m-auto max-w-sm text-center">
        <p className="font-medium">{title}</p>
        {busy && <div aria-hidden="true" className="busy-line mx-auto mt-4 h-1 w-40 rounded-full bg-line" />}
        {part !== undefined && (
          <progress
            className="mx-auto mt-4 block h-1 w-40 appearance-none overflow-hidden rounded-full bg-line [&::-moz-progress-bar]:bg-accent [&::-webkit-progress-bar]:bg-line [&::-webkit-progress-value]:bg-accent"
            aria-label={title}
            value={part}
            max={1}
          />
        )}
        {children && <div className="mt-3 text-muted text-sm leading-relaxed">{children}</div>}
        {action && <div className="mt-5">{action}</div>}
      </div>
    </div>
  );
}
