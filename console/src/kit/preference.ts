/** What a person likes, kept in this browser: time zone, density, columns' widths. */
import { useSyncExternalStore } from 'react';

export interface Preference<T extends string> {
  readonly get: () => T;
  readonly set: (value: T) => void;
  readonly use: () => T;
}

const read = (key: string): string | null => {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // storage is switched off: everything else works
  }
};

export function preference<T extends string>(name: string, values: readonly T[], usual: T): Preference<T> {
  const key = `tieline-${name}`;
  const listeners = new Set<() => void>();
  let value = values.find((each) => each === read(key)) ?? usual;
  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  return {
    get: () => value,
    set(next) {
      value = next;
      try {
        localStorage.setItem(key, next);
      } catch {
        // as above
      }
      for (const listener of listeners) listener();
    },
    use: () => useSyncExternalStore(subscribe, () => value),
  };
}

export const zonePreference = preference('zone', ['utc', 'local'], 'utc');
export const densityPreference = preference('density', ['compact', 'normal', 'comfortable'], 'normal');
export const sidebarPreference = preference('sidebar', ['open', 'folded'], 'open');
export const singleKeysPreference = preference('single-keys', ['on', 'off'], 'on');
