/** Which rows are selected. A row subscribes to itself alone, so that selecting one paints one. */
import { useSyncExternalStore } from 'react';

export class Selection {
  /** Keys, or everything that matches the filter. */
  #keys: ReadonlySet<string> = new Set();
  #all = false;
  #last: number | undefined;
  readonly #listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #change(keys: ReadonlySet<string>, all: boolean): void {
    this.#keys = keys;
    this.#all = all;
    for (const listener of this.#listeners) listener();
  }

  readonly has = (key: string): boolean => this.#all || this.#keys.has(key);
  get all(): boolean {
    return this.#all;
  }
  get keys(): ReadonlySet<string> {
    return this.#keys;
  }

  toggle(key: string, index: number, rowKeys: readonly string[], range: boolean): void {
    const next = new Set(this.#all ? rowKeys : this.#keys);
    const on = !this.has(key);
    const [from, to] =
      range && this.#last !== undefined
        ? [Math.min(this.#last, index), Math.max(this.#last, index)]
        : [index, index];
    for (const each of rowKeys.slice(from, to + 1))
      if (on) next.add(each);
      else next.delete(each);
    this.#last = index;
    this.#change(next, false);
  }

  selectLoaded(keys: readonly string[]): void {
    this.#change(new Set(keys), false);
  }
  selectAllThatMatch(): void {
    this.#change(new Set(), true);
  }
  clear(): void {
    this.#last = undefined;
    this.#change(new Set(), false);
  }
}

export const useSelected = (selection: Selection, key: string): boolean =>
  useSyncExternalStore(selection.subscribe, () => selection.has(key));

/** 'all', or how many. */
export const useSelectionSize = (selection: Selection): number | 'all' =>
  useSyncExternalStore(selection.subscribe, () => (selection.all ? 'all' : selection.keys.size));
