/** Saves a field at once, shows it before the server confirms it, and offers to take it back. Someone else's edit is never overwritten. */
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Versioned } from '../../api/client.ts';
import { editPoam, type FieldValue, poamKey, type PoamDetail, poamQuery } from '../../api/poams.ts';
import { problemOf } from '../../api/problem.ts';
import { tell, tellProblem } from '../../kit/notice.tsx';

/** Two edits of one field: what it was when one began, what it is now, what one wrote. */
export interface Collision {
  readonly field: string;
  readonly before: FieldValue;
  readonly now: FieldValue;
  readonly mine: FieldValue;
}

type Shown = Versioned<PoamDetail>;

const withValue = (shown: Shown, field: string, value: FieldValue): Shown => ({
  ...shown,
  value: {
    ...shown.value,
    fields: shown.value.fields.map((each) =>
      each.field === field
        ? { ...each, here: value, sides: each.sides.map((side) => ({ ...side, differs: true })) }
        : each,
    ),
  },
});
const valueOf = (shown: Shown | undefined, field: string): FieldValue =>
  shown?.value.fields.find((each) => each.field === field)?.here ?? null;

export function useEdit(poamId: string) {
  const queryClient = useQueryClient();
  const [collision, setCollision] = useState<Collision>();
  const { queryKey } = poamQuery(poamId);
  const refresh = async (): Promise<void> => {
    await queryClient.invalidateQueries({ queryKey: poamKey(poamId) });
    await queryClient.invalidateQueries({ queryKey: ['list', 'poams'] });
  };

  /** @returns whether it was saved. */
  async function save(field: string, value: FieldValue, undoable = true): Promise<boolean> {
    const shown = queryClient.getQueryData(queryKey);
    if (!shown) return false;
    const before = valueOf(shown, field);
    queryClient.setQueryData(queryKey, withValue(shown, field, value));
    try {
      await editPoam(poamId, { changes: { [field]: value } }, shown.etag);
      setCollision(undefined);
      await refresh();
      if (undoable)
        tell('Saved here. The next sync sends it.', {
          words: 'Take back',
          run: () => void save(field, before, false),
        });
      return true;
    } catch (error) {
      queryClient.setQueryData(queryKey, shown);
      if (problemOf(error).status === 412) {
        await refresh();
        const now = valueOf(queryClient.getQueryData(queryKey), field);
        setCollision({ field, before, now, mine: value });
      } else tellProblem('The change was not saved', error);
      return false;
    }
  }
  return { save, collision, dropCollision: () => setCollision(undefined) };
}
