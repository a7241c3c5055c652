'use client';
import { type RefObject, useEffect, useRef } from 'react';

/**
 * Brings what has just appeared into view, by scrolling its own place and nothing around it.
 * @param keys what is there now; what is there at first is no news
 */
export function useShowNew(
  place: RefObject<HTMLElement | null>,
  keys: readonly string[],
  find: (key: string) => Element | null | undefined,
): void {
  const known = useRef<ReadonlySet<string>>(undefined);
  const finding = useRef(find);
  finding.current = find;
  const all = keys.join('\n');
  useEffect(() => {
    const now = all.split('\n').filter(Boolean);
    const before = known.current;
    known.current = new Set(now);
    const news = before && now.findLast((key) => !before.has(key));
    const element = news && finding.current(news);
    if (element && place.current) scrollTo(place.current, element);
  }, [all, place]);
}

function scrollTo(place: HTMLElement, element: Element): void {
  const [inner, outer] = [element.getBoundingClientRect(), place.getBoundingClientRect()];
  const above = inner.top - outer.top;
  const below = inner.bottom - outer.bottom;
  if (above >= 0 && below <= 0) return;
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  // In the middle: what it is plugged into is worth seeing too.
  const top = place.scrollTop + (above + below) / 2;
  place.scrollTo({ top, behavior: calm ? 'instant' : 'smooth' });
}
