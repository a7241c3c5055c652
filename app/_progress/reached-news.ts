import { EventEmitter } from 'node:events';
import { processWide } from '../_server/process-wide.ts';

/** Routes reach steps too (by questions); the lab sessions of the same process tell the open pages. */
const news = () => processWide('reached-news', () => new EventEmitter().setMaxListeners(0));

export function tellReached(userId: string): void {
  news().emit(userId);
}

export function onReached(userId: string, listener: () => void): Disposable {
  news().on(userId, listener);
  return { [Symbol.dispose]: () => news().off(userId, listener) };
}
