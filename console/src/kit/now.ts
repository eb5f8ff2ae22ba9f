import { useSyncExternalStore } from 'react';
import { dayOf } from './time.ts';

/** The present minute, one clock for all that is relative to it. */
let minute = Math.floor(Date.now() / 60_000) * 60_000;
const listeners = new Set<() => void>();
setInterval(() => {
  minute = Math.floor(Date.now() / 60_000) * 60_000;
  for (const listener of listeners) listener();
}, 60_000);

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};
export const useNow = (): number => useSyncExternalStore(subscribe, () => minute);

/** The present day (`YYYY-MM-DD`), in the zone in which the person reads times. */
export const useToday = (): string => dayOf(new Date(useNow()).toISOString());
