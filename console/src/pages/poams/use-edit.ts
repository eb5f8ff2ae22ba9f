/** Saves a field at once, shows it before the server confirms it, and offers to take it back. Someone else's edit is never overwritten. */
import { type QueryKey, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Versioned } from '../../api/http/client.ts';
import type { FieldValue, FieldView } from '../../api/poams.ts';
import { problemOf } from '../../api/http/problem.ts';
import { tell, tellProblem } from '../../kit/notice.tsx';

/** Two edits of one field: what it was when one began, what it is now, what one wrote. */
export interface Collision {
  readonly field: string;
  readonly before: FieldValue;
  readonly now: FieldValue;
  readonly mine: FieldValue;
}

/** A record whose fields are edited in place. */
export interface EditedRecord {
  /** Of the query that shows its fields. */
  readonly queryKey: QueryKey;
  /** What else shows something of it. */
  readonly also: readonly QueryKey[];
  readonly save: (
    edit: { readonly changes: Readonly<Record<string, FieldValue>> },
    etag: string,
  ) => Promise<unknown>;
}

type Shown = Versioned<{ readonly fields: readonly FieldView[] }>;

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

export function useEdit({ queryKey, also, save: send }: EditedRecord) {
  const queryClient = useQueryClient();
  const [collision, setCollision] = useState<Collision>();
  const refresh = async (): Promise<void> => {
    for (const each of [queryKey, ...also]) await queryClient.invalidateQueries({ queryKey: each });
  };

  /** @returns whether it was saved. */
  async function save(field: string, value: FieldValue, undoable = true): Promise<boolean> {
    const shown = queryClient.getQueryData<Shown>(queryKey);
    if (!shown) return false;
    const before = valueOf(shown, field);
    queryClient.setQueryData(queryKey, withValue(shown, field, value));
    try {
      await send({ changes: { [field]: value } }, shown.etag);
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
        const now = valueOf(queryClient.getQueryData<Shown>(queryKey), field);
        setCollision({ field, before, now, mine: value });
      } else tellProblem('The change was not saved', error);
      return false;
    }
  }
  return { save, collision, dropCollision: () => setCollision(undefined) };
}
