'use client';
import { type RefObject, useLayoutEffect, useRef } from 'react';
import { useLanguage } from '../_languages/language-provider.tsx';

/** Switching the language keeps the step under the reader's eye, though the text above it has another length. */
export function useKeepPlace(scroller: RefObject<HTMLElement | null>, current: string | undefined): void {
  const language = useLanguage();
  const place = useRef<{ language: string; step: string; offset: number }>(undefined);

  useLayoutEffect(() => {
    const box = scroller.current;
    if (!box) return;
    const offsetOf = (id: string) => {
      const step = document.getElementById(id);
      return step ? step.getBoundingClientRect().top - box.getBoundingClientRect().top : undefined;
    };
    const was = place.current;
    if (was && was.language !== language) {
      const now = offsetOf(was.step);
      if (now !== undefined) box.scrollTop += now - was.offset;
    }
    const remember = () => {
      const offset = current === undefined ? undefined : offsetOf(current);
      if (current !== undefined && offset !== undefined) place.current = { language, step: current, offset };
    };
    remember();
    box.addEventListener('scroll', remember, { passive: true });
    return () => box.removeEventListener('scroll', remember);
  }, [language, current, scroller]);
}
