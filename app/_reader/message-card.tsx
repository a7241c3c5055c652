import type { ReactNode } from 'react';

type MessageCardProps = { title: string; tone?: 'calm' | 'bad'; details?: string | undefined; children?: ReactNode };

/** Says that there is nothing here, or what went wrong, and what to do. */
export function MessageCard({ title, tone = 'calm', details, children }: MessageCardProps) {
  const look = tone === 'bad' ? 'border-bad/40 bg-bad-soft' : 'border-line border-dashed';
  return (
    <div role={tone === 'bad' ? 'alert' : undefined} className={`rounded-xl border px-6 py-6 ${look}`}>
      <h2 className="font-semibold text-lg">{title}</h2>
      {details && (
        <pre className="wrap-anywhere mt-3 max-h-72 overflow-auto whitespace-pre-wrap font-mono text-sm leading-relaxed">
          {details}
        </pre>
      )}
      {children && <div className="mt-2 text-muted text-sm leading-relaxed">{children}</div>}
    </div>
  );
}
