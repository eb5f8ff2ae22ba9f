import { useState } from 'react';
import type { Marks } from './change-group.tsx';

const withOrWithout = (set: ReadonlySet<string>, key: string, on: boolean): ReadonlySet<string> => {
  const next = new Set(set);
  if (on) next.add(key);
  else next.delete(key);
  return next;
};

/** What is viewed and what is chosen, by content: a group that is the same after a reload keeps its mark. */
export function useMarks(mayChoose: boolean): Marks & { readonly clear: () => void } {
  const [viewed, setViewed] = useState<ReadonlySet<string>>(new Set());
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  return {
    viewed,
    chosen,
    mayChoose,
    setViewed: (sha256, on) => setViewed((before) => withOrWithout(before, sha256, on)),
    setChosen: (record, on) => setChosen((before) => withOrWithout(before, record, on)),
    clear: () => setChosen(new Set()),
  };
}
