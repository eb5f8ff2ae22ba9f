/** The three values of a conflict: base in the middle, here left, there right. Marked is what each side made of the base. */
import type { ReactNode } from 'react';
import type { ConflictDetail } from '../../api/decisions/conflicts.ts';
import { AnyValue, MarkedValue } from '../../kit/marks/values.tsx';
import { At } from '../../kit/marks/when.tsx';
import styles from './conflicts.module.css';

const Side = ({
  side,
  title,
  children,
}: {
  readonly side: 'here' | 'base' | 'there';
  readonly title: string;
  readonly children: ReactNode;
}) => (
  <section className={styles['side']} data-side={side} aria-label={title}>
    <h3>{title}</h3>
    {children}
  </section>
);

/** The last reason that this side gave for this field. */
const reasonOf = ({ history, field }: ConflictDetail, side: 'here' | 'there'): string | null =>
  history
    .filter((each) => each.side === side && (field === null || each.field === field))
    .toSorted((one, other) => other.at.localeCompare(one.at))[0]?.reason ?? null;

const By = ({
  by,
  at,
  reason,
}: {
  readonly by: string | null;
  readonly at: string | null;
  readonly reason: string | null;
}) => (
  <div className={styles['by']}>
    {by === null && at === null ? (
      'Not known who changed it, or when.'
    ) : (
      <>
        {by ?? 'Somebody'}
        {at === null ? null : (
          <>
            , <At at={at} />
          </>
        )}
        <div>{reason === null ? 'No reason given.' : `“${reason}”`}</div>
      </>
    )}
  </div>
);

export const Sides = ({ of }: { readonly of: ConflictDetail }) => (
  <div className={styles['sides']}>
    <Side side="here" title="Here">
      <MarkedValue of={of.internal} against={of.base} as="added" />
      <By by={of.internalChangedBy} at={of.internalChangedAt} reason={reasonOf(of, 'here')} />
    </Side>
    <Side side="base" title="Base">
      <AnyValue of={of.base} />
      <div className={styles['by']}>What both sides agreed on last.</div>
    </Side>
    <Side side="there" title={`There${of.system === null ? '' : ` (${of.system})`}`}>
      <MarkedValue of={of.external} against={of.base} as="added" />
      <By by={of.externalChangedBy} at={of.externalChangedAt} reason={reasonOf(of, 'there')} />
    </Side>
  </div>
);
