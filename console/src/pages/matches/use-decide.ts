/** Decides a match and goes on to the next one of the list that it was opened from. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import {
  decideMatch,
  type MatchDecision,
  type MatchDetail,
  matchRunQuery,
} from '../../api/decisions/matches.ts';
import { problemOf } from '../../api/http/problem.ts';
import { useListState } from '../../kit/list/list-state.ts';
import { tell, tellProblem } from '../../kit/notice.tsx';
import { recordPath } from '../../kit/record-link.tsx';
import type { Choice } from './words.ts';

/** Goes to the one after `id` in the order of the list; from the last to the first. */
function useNext(id: number): () => void {
  const router = useRouter();
  const { filters, sort } = useListState();
  const { data } = useQuery({ ...matchRunQuery(filters, sort), staleTime: 60_000 });
  const rows = data?.items ?? [];
  const at = rows.findIndex((row) => row.id === id);
  const next = [...rows.slice(at + 1), ...rows.slice(0, Math.max(at, 0))].find((row) => row.id !== id);
  return () => {
    if (!next) tell('No other match is left in this list.');
    void router.navigate({
      to: next ? recordPath('match', next.id) : '/matches',
      search: (before) => (next ? before : { ...before, from: undefined }),
      resetScroll: false,
    });
  };
}

export function useDecide(match: MatchDetail) {
  const queryClient = useQueryClient();
  const next = useNext(match.id);
  const [busy, setBusy] = useState(false);
  const refresh = async (): Promise<void> => {
    for (const queryKey of [['matches'], ['list', 'matches'], ['assets'], ['list', 'assets'], ['me']])
      await queryClient.invalidateQueries({ queryKey });
  };
  async function decide(choice: Choice, more: Partial<MatchDecision>): Promise<void> {
    if (busy) return;
    setBusy(true);
    try {
      await decideMatch(match.id, { ...choice.decision, ...more });
      tell(`${match.assetName ?? 'Decided'}: ${choice.title}.`);
      next();
      void refresh();
    } catch (error) {
      if (problemOf(error).code === 'MATCH_SETTLED') {
        tell(`${problemOf(error).message} Nothing was changed by you.`);
        next();
        void refresh();
      } else tellProblem('The match was not decided', error);
    } finally {
      setBusy(false);
    }
  }
  return { decide, next, busy };
}
