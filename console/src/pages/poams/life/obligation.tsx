import type { PoamRow } from '../../../api/poams.ts';
import { Day } from '../../../kit/marks/when.tsx';
import { Nothing } from '../../../kit/marks/severity.tsx';

/** By which day policies oblige it, and how it is late against that day: in a row of the list. */
export const Obligation = ({ of }: { readonly of: Pick<PoamRow, 'obligedBy' | 'late'> }) => {
  if (of.obligedBy === null) return <Nothing word="none" />;
  if (of.late === 'past') return <span className="bad strong">overdue since {of.obligedBy}</span>;
  if (of.late === 'promised')
    return (
      <span className="attention strong" title="It is promised for a later day than it is obliged to">
        {of.obligedBy} · late
      </span>
    );
  return <Day at={of.obligedBy} />;
};

/** The same in the head of its page; nothing where it is not late. */
export const LateMark = ({ of }: { readonly of: Pick<PoamRow, 'obligedBy' | 'late'> }) =>
  of.late === null ? null : (
    <span className={of.late === 'past' ? 'bad strong' : 'attention strong'}>
      {of.late === 'past'
        ? `overdue since ${of.obligedBy ?? ''}, the day it is obliged to`
        : `late against its obligation, ${of.obligedBy ?? ''}`}
    </span>
  );
