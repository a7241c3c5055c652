'use client';
import { useEffect, useState } from 'react';

/** The time, told anew every so many milliseconds; undefined until the page runs, so that server and browser paint the same. */
export function useNow(everyMs: number): number | undefined {
  const [now, setNow] = useState<number>();
  useEffect(() => {
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
