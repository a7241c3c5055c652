import type { FigureProps } from '../_lessons/types.ts';

export function Figure({ src, alt, caption }: FigureProps) {
  return (
    <figure>
      {/* Lessons carry their pictures as data (app/_lessons/figures.ts): there is nothing for an image optimiser to do. */}
      {/* biome-ignore lint/performance/noImgElement: see above */}
      <img src={src} alt={alt} className="mx-auto rounded-lg border border-line bg-white p-2" />
      {caption && <figcaption className="mt-2 text-center text-muted text-sm">{caption}</figcaption>}
    </figure>
  );
}
