'use client';
import { type RefObject, useEffect, useState } from 'react';

/** The size of an element in CSS pixels, followed as it changes; undefined before it is on the page, or while not wanted. */
export function useSize(ref: RefObject<HTMLElement | null>, wanted: boolean) {
  const [size, setSize] = useState<{ width: number; height: number }>();
  useEffect(() => {
    const element = ref.current;
    if (!element || !wanted) return;
    const observer = new ResizeObserver(() => {
      const { clientWidth: width, clientHeight: height } = element;
      setSize(width > 0 && height > 0 ? { width, height } : undefined);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref, wanted]);
  return size;
}
