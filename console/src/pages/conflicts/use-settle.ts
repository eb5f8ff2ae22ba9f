/** Settles a conflict and goes on to the next one of the list that it was opened from. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import {
  type Choice,
  type ConflictDetail,
  conflictRunQuery,
  type Resolved,
  settleConflict,
} from '../../api/decisions/conflicts.ts';
import { problemOf } from '../../api/http/problem.ts';
import { useListState } from '../../kit/list/list-state.ts';
import { tell, tellProblem } from '../../kit/notice.tsx';
import { recordPath } from '../../kit/record-link.tsx';
import { choiceTitles } from './words.ts';

/** Goes to the one after `id` in the order of the list; from the last to the first. */
function useNext(id: number): () => void {
  const router = useRouter();
  const { filters, sort } = useListState();
  const { data } = useQuery({ ...conflictRunQuery(filters, sort), staleTime: 60_000 });
  const rows = data?.items ?? [];
  const at = rows.findIndex((row) => row.id === id);
  const next = [...rows.slice(at + 1), ...rows.slice(0, Math.max(at, 0))].find((row) => row.id !== id);
  return () => {
    if (!next) tell('No other conflict is left in this list.');
    void router.navigate({
      to: next ? recordPath('conflict', next.id) : '/conflicts',
      search: (before) => (next ? before : { ...before, from: undefined }),
      resetScroll: false,
    });
  };
}

function effectWords({ effects }: Resolved): string {
  const [done] = effects;
  if (!done) return '';
  const findings = done.openFindings ?? 0;
  return [
    done.waitsForApproval === true ? 'What is to be sent waits for approval.' : '',
    findings > 0 ? `${findings} open findings are without a POA&M now.` : '',
    done.other === undefined ? '' : `The other record is ${done.other}.`,
  ]
    .filter(Boolean)
    .join(' ');
}

export function useSettle(conflict: ConflictDetail) {
  const queryClient = useQueryClient();
  const next = useNext(conflict.id);
  const [busy, setBusy] = useState(false);
  const refresh = async (): Promise<void> => {
    await queryClient.invalidateQueries({ queryKey: ['conflicts'] });
    await queryClient.invalidateQueries({ queryKey: ['list', 'conflicts'] });
    await queryClient.invalidateQueries({ queryKey: ['poams'] });
    await queryClient.invalidateQueries({ queryKey: ['me'] });
  };

  async function send(choice: Choice, reason: string, value?: unknown): Promise<void> {
    const done = await settleConflict(conflict.id, {
      keep: choice.choice,
      ...(value === undefined ? {} : { value }),
      ...(reason.trim() === '' ? {} : { reason: reason.trim() }),
    });
    const [refused] = done.refused;
    if (refused) {
      tell(`Nothing was settled: ${refused.reason ?? 'this choice is not possible any more.'}`);
    } else {
      tell(`${conflict.entityId}: ${choiceTitles[choice.effect].replace('…', '')}. ${effectWords(done)}`);
      next();
    }
    void refresh();
  }

  async function settle(choice: Choice, reason: string, value?: unknown): Promise<void> {
    if (busy) return;
    setBusy(true);
    try {
      await send(choice, reason, value);
    } catch (error) {
      const problem = problemOf(error);
      if (problem.code === 'CONFLICT_SETTLED') {
        tell(`${problem.message} Nothing was changed by you.`);
        next();
        void refresh();
      } else tellProblem('The conflict was not settled', error);
    } finally {
      setBusy(false);
    }
  }
  return { settle, next, busy };
}
