/** What a person may make of a POA&M: the buttons of its page, each with why it cannot be pressed. */
import { useQuery } from '@tanstack/react-query';
import type { PoamRow } from '../../../api/poams.ts';
import { explanationQuery } from '../../../api/work/poam-life.ts';
import { PoamActionButton } from './poam-action.tsx';

export const MoveButtons = ({ of }: { readonly of: PoamRow }) => {
  const { poamId, isOpen, status } = of;
  const { data: explanation } = useQuery(explanationQuery(poamId));
  if (explanation === undefined) return null;
  const can = (event: string): boolean => explanation.moves.some((each) => each.event === event);
  const now = status ?? 'without a status';
  if (!isOpen)
    return (
      <PoamActionButton
        poamId={poamId}
        action="reopen"
        variant="default"
        why={can('reopened') ? undefined : `It is ${now}: that is never changed again.`}
      />
    );
  return (
    <>
      <PoamActionButton
        poamId={poamId}
        action="extend"
        variant="default"
        why={
          explanation.state === 'draft'
            ? 'A draft promises nothing yet: edit its scheduled completion.'
            : undefined
        }
      />
      <PoamActionButton
        poamId={poamId}
        action="complete"
        why={can('completed') ? undefined : `It is ${now}: begin work on it first.`}
      />
    </>
  );
};
