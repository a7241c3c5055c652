'use client';
import { type RefObject, useEffect, useState } from 'react';

/** The size of an element in CSS pixels, followed as it changes; undefined before it is on the page. */
export function useSize(ref: RefObject<HTMLElement | null>) {
  const [size, setSize] = useState<{ width: number; height: number }>();
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    const observer = new ResizeObserver(() => {
      const { clientWidth: width, clientHeight: height } = element;
      if (width > 0) setSize((now) => (now?.width === width && now.height === height ? now : { width, height }));
      else setSize(undefined);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref]);
  return size;
}
