'use client';
import { type RefObject, useEffect, useState } from 'react';

/** A step is the one being read when its heading has passed this far down the text, in parts of its height. */
const READING_LINE = 0.35;

/** Which step is being read, by how far the text is scrolled. */
export function useCurrentStep(scroller: RefObject<HTMLElement | null>, ids: readonly string[]): string | undefined {
  const [current, setCurrent] = useState(ids[0]);
  useEffect(() => {
    const box = scroller.current;
    if (!box) return;
    let frame = 0;
    const look = () => {
      frame = 0;
      // A text that is hidden (small screens show the lab instead) has no places to compare.
      if (box.clientHeight > 0) setCurrent(currentStep(box, ids));
    };
    const later = () => {
      frame ||= requestAnimationFrame(look);
    };
    look();
    box.addEventListener('scroll', later, { passive: true });
    const resized = new ResizeObserver(later);
    resized.observe(box);
    return () => {
      cancelAnimationFrame(frame);
      box.removeEventListener('scroll', later);
      resized.disconnect();
    };
  }, [scroller, ids]);
  return current;
}

function currentStep(box: HTMLElement, ids: readonly string[]): string | undefined {
  const top = box.getBoundingClientRect().top;
  const line = top + box.clientHeight * READING_LINE;
  const atEnd = box.scrollTop > 0 && box.scrollTop + box.clientHeight >= box.scrollHeight - 4;
  if (atEnd) return ids.at(-1);
  let current = ids[0];
  for (const id of ids) {
    const step = document.getElementById(id);
    if (step && step.getBoundingClientRect().top <= line) current = id;
  }
  return current;
}
