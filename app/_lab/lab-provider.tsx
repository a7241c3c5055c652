'use client';
import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import { useLanguage } from '../_languages/language-provider.tsx';
import type { WantedTerminal } from '../_terminal/terminal-registry.ts';
import { browserPlatform } from './browser-platform.ts';
import { LabConnection } from './lab-connection.ts';
import type { LabState } from './lab-state.ts';
import { LabStore } from './lab-store.ts';
import type { PageMessage } from './wire.ts';

/** What a reader's doing asks of the lab. Each returns false when the socket was away and nothing was sent. */
export type LabActions = {
  step(step: string): void;
  check(step: string): boolean;
  reset(): boolean;
  bring(step: string): boolean;
  extend(): boolean;
  start(): boolean;
  openTerminal(wanted: WantedTerminal, name: string): boolean;
  closeTerminal(id: string): boolean;
  /** Tells that somebody is here, at once. */
  active(): boolean;
  dismiss(): void;
};

const StoreContext = createContext<LabStore | undefined>(undefined);
const ActionsContext = createContext<LabActions | undefined>(undefined);

/** At most this often is the agent told that somebody is here. */
const ACTIVE_EVERY_MS = 30_000;
/** Until the terminal has measured its own place it is opened with the size that everyone starts with. */
const FIRST_SIZE = { cols: 80, rows: 24 };

type LabProviderProps = { course: string; lesson: string; reached: readonly string[]; children: ReactNode };

/** Holds the page's connection to its lab. */
export function LabProvider({ course, lesson, reached, children }: LabProviderProps) {
  const language = useLanguage();
  const [store] = useState(() => new LabStore(reached));
  const connection = useRef<LabConnection | undefined>(undefined);
  const step = useRef<string | undefined>(undefined);

  useEffect(() => {
    const own = new LabConnection({ for: 'lab', course, lesson, lang: language }, browserPlatform, store.tell);
    connection.current = own;
    if (step.current) own.send({ type: 'step', step: step.current });
    const stopWatching = watchActivity(own);
    return () => {
      stopWatching();
      own.dispose();
      connection.current = undefined;
    };
  }, [course, lesson, language, store]);

  const actions = useMemo<LabActions>(() => {
    const send = (message: PageMessage) => connection.current?.send(message) ?? false;
    const ask = (message: PageMessage & { type: 'reset' | 'start' | 'extend' }) => {
      const sent = send(message);
      if (sent) store.tell({ type: 'asked', what: message.type });
      return sent;
    };
    const askFor = (message: PageMessage & { type: 'check' | 'bring' }) => {
      const sent = send(message);
      if (sent) store.tell({ type: 'asked', what: message.type, step: message.step });
      return sent;
    };
    return {
      step(id) {
        step.current = id;
        send({ type: 'step', step: id });
      },
      check: (id) => askFor({ type: 'check', step: id }),
      bring: (id) => askFor({ type: 'bring', step: id }),
      reset: () => ask({ type: 'reset' }),
      extend: () => ask({ type: 'extend' }),
      start: () => ask({ type: 'start' }),
      openTerminal: ({ node, pod }, name) =>
        send({ type: 'open-terminal', node, ...(pod ? { pod } : {}), name, size: FIRST_SIZE }),
      closeTerminal: (id) => send({ type: 'close-terminal', id }),
      active: () => send({ type: 'active' }),
      dismiss: () => store.tell({ type: 'dismissed' }),
    };
  }, [store]);

  return (
    <StoreContext value={store}>
      <ActionsContext value={actions}>{children}</ActionsContext>
    </StoreContext>
  );
}

/** Real doings only: a page that merely lies open must let its lab fall asleep. */
function watchActivity(connection: LabConnection): () => void {
  let told = 0;
  const active = () => {
    const now = Date.now();
    if (now - told < ACTIVE_EVERY_MS) return;
    if (connection.send({ type: 'active' })) told = now;
  };
  const awake = () => {
    if (!document.hidden) connection.retry();
  };
  const events = ['pointerdown', 'keydown', 'wheel', 'touchmove'] as const;
  for (const event of events) addEventListener(event, active, { passive: true });
  addEventListener('online', awake);
  document.addEventListener('visibilitychange', awake);
  return () => {
    for (const event of events) removeEventListener(event, active);
    removeEventListener('online', awake);
    document.removeEventListener('visibilitychange', awake);
  };
}

/** A part of the lab's state; the component is painted again when that part changes. `select` must return what is in the state, no new objects. */
export function useLab<T>(select: (state: LabState) => T): T {
  const store = useContext(StoreContext);
  if (!store) throw new Error('useLab needs a LabProvider above it.');
  return useSyncExternalStore(
    store.subscribe,
    () => select(store.get()),
    () => select(store.get()),
  );
}

export function useLabActions(): LabActions {
  const actions = useContext(ActionsContext);
  if (!actions) throw new Error('useLabActions needs a LabProvider above it.');
  return actions;
}
