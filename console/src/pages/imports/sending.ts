/**
 * Files on their way to the server, one after another. They are kept outside of the page, so that looking at another page meanwhile
 * ends nothing; closing the window does, which the browser asks about.
 */
import { useSyncExternalStore } from 'react';
import { bringFile, type Place } from '../../api/imports.ts';
import { type Problem, problemOf } from '../../api/http/problem.ts';
import { queryClient } from '../../api/http/query-client.ts';

export interface Sending {
  readonly id: number;
  readonly file: File;
  readonly place: Place;
  readonly state: 'waiting' | 'sending' | 'failed';
  readonly sent: number;
  readonly problem?: Problem;
}

let all: readonly Sending[] = [];
let lastId = 0;
let ending: AbortController | undefined;
const listeners = new Set<() => void>();

function change(next: readonly Sending[]): void {
  all = next;
  for (const listener of listeners) listener();
}
const set = (id: number, facts: Partial<Sending>): void =>
  change(all.map((each) => (each.id === id ? { ...each, ...facts } : each)));
const drop = (id: number): void => change(all.filter((each) => each.id !== id));

const askBeforeLeaving = (event: BeforeUnloadEvent): void => event.preventDefault();

async function sendOne({ id, file, place }: Sending): Promise<void> {
  ending = new AbortController();
  set(id, { state: 'sending' });
  try {
    const { signal } = ending;
    const made = await bringFile(file, place, { signal, onSent: (sent) => set(id, { sent }) });
    queryClient.setQueryData(['imports', made.id], made);
    drop(id);
    await queryClient.invalidateQueries({ queryKey: ['imports', 'open'] });
    void queryClient.invalidateQueries({ queryKey: ['list', 'imports'] });
    void queryClient.invalidateQueries({ queryKey: ['imports', 'places'] });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') drop(id);
    else set(id, { state: 'failed', problem: problemOf(error) });
  } finally {
    ending = undefined;
  }
}

let working = false;
async function work(): Promise<void> {
  if (working) return;
  working = true;
  window.addEventListener('beforeunload', askBeforeLeaving);
  for (let next = nextOne(); next; next = nextOne()) await sendOne(next);
  window.removeEventListener('beforeunload', askBeforeLeaving);
  working = false;
}
const nextOne = (): Sending | undefined => all.find(({ state }) => state === 'waiting');

export function sendFiles(files: readonly File[], place: Place): void {
  const added = files.map((file): Sending => {
    lastId += 1;
    return { id: lastId, file, place, state: 'waiting', sent: 0 };
  });
  change([...all, ...added]);
  void work();
}

export function sendAgain(id: number, place: Place): void {
  const { problem: _old, ...again } = all.find((each) => each.id === id) ?? {};
  change(
    all.map((each) => (each.id === id ? { ...each, ...again, place, state: 'waiting', sent: 0 } : each)),
  );
  void work();
}

export function stopSending(id: number): void {
  if (all.find((each) => each.id === id)?.state === 'sending') ending?.abort();
  else drop(id);
}

export const useSending = (): readonly Sending[] =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => all,
  );
