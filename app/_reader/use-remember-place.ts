'use client';
import { useEffect } from 'react';
import { useLesson } from './lesson-context.tsx';

/** A step that is only scrolled past is not where one left off. */
const SETTLED_MS = 3000;

/** Tells the app where the learner is, so that the course page leads back there. That it fails costs nothing but that. */
export function useRememberPlace(step: string | undefined): void {
  const { course, lesson } = useLesson();
  useEffect(() => {
    if (step === undefined) return;
    const timer = setTimeout(() => {
      const body = JSON.stringify({ course, lesson, step });
      fetch('/api/place', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        keepalive: true,
      }).catch(() => undefined);
    }, SETTLED_MS);
    return () => clearTimeout(timer);
  }, [course, lesson, step]);
}
