/**
 * Keyboard shortcuts by page. Each is listed on the keys page (`?`). Single letters never act in fields or while a dialog is open,
 * and can be switched off (WCAG 2.1.4).
 */
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { tinykeys } from 'tinykeys';
import { singleKeysPreference } from './preference.ts';

export interface Key {
  /** In the words of tinykeys: `j`, `g f`, `$mod+k`, `Shift+X`. */
  readonly press: string;
  readonly does: string;
  readonly run: (event: KeyboardEvent) => void;
  /** Also while a field has the focus. */
  readonly inFields?: true;
}
export interface KeyGroup {
  readonly title: string;
  readonly keys: readonly Key[];
}

let groups: readonly KeyGroup[] = [];
const listeners = new Set<() => void>();
const change = (next: readonly KeyGroup[]): void => {
  groups = next;
  for (const listener of listeners) listener();
};
const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};
export const useKeyGroups = (): readonly KeyGroup[] => useSyncExternalStore(subscribe, () => groups);

const fields = 'input:not([type="checkbox"]), textarea, select, [contenteditable="true"]';
const isModified = (event: KeyboardEvent): boolean => event.ctrlKey || event.metaKey || event.altKey;

let pressed = { key: '', at: 0 };
let before = pressed;
window.addEventListener(
  'keydown',
  ({ key, timeStamp }) => {
    before = pressed;
    pressed = { key, at: timeStamp };
  },
  true,
);
/** Whether the press is the second of two, `g s`, and not a key alone. */
const endsSequence = (key: Key): boolean =>
  !key.press.includes(' ') && before.key === 'g' && pressed.at - before.at < 1000;

/** Whether the press belongs to a field or dialog and not to the page. */
function belongsElsewhere(event: KeyboardEvent, key: Key): boolean {
  const target = event.target instanceof Element ? event.target : undefined;
  if (event.defaultPrevented || event.isComposing) return true;
  if (key.inFields === true) return false;
  if (target?.closest(fields)) return true;
  if (document.querySelector('[role="dialog"][aria-modal="true"], [role="menu"]')) return true;
  if (endsSequence(key)) return true;
  const single = !isModified(event) && event.key.length === 1;
  return single && singleKeysPreference.get() === 'off';
}

/** Binds the keys while the component is shown. The handlers may change with each render; the presses may not. */
export function useKeys(title: string, keys: readonly Key[]): void {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  const presses = keys.map((key) => key.press).join('|');
  useEffect(() => {
    const group: KeyGroup = { title, keys: latest.current };
    change([...groups, group]);
    const unbind = tinykeys(
      window,
      Object.fromEntries(
        latest.current.map(({ press }) => [
          press,
          (event: KeyboardEvent) => {
            const key = latest.current.find((each) => each.press === press);
            if (key && !belongsElsewhere(event, key)) key.run(event);
          },
        ]),
      ),
      { ignore: () => false },
    );
    return () => {
      unbind();
      change(groups.filter((each) => each !== group));
    };
  }, [title, presses]);
}
