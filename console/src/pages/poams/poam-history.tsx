import { useQuery } from '@tanstack/react-query';
import { type Change, poamHistoryQuery } from '../../api/poams.ts';
import { deciderWords } from '../../kit/decider.ts';
import styles from '../../kit/detail/detail.module.css';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { At } from '../../kit/marks/when.tsx';
import { fieldTitle, Value } from './field-row.tsx';

const where = ({ direction, system }: Change): string =>
  direction === 'internal'
    ? 'here'
    : direction === 'inbound'
      ? `came from ${system ?? 'there'}`
      : `sent to ${system ?? 'there'}`;

/** Changes of a record as a table, the latest first. */
export const ChangesTable = ({ items }: { readonly items: readonly Change[] }) =>
  items.length === 0 ? (
    <p className="quiet">Nothing has changed since it was first read.</p>
  ) : (
    <table className={styles['table']}>
      <thead>
        <tr>
          <th scope="col">When</th>
          <th scope="col">Field</th>
          <th scope="col">Before</th>
          <th scope="col">After</th>
          <th scope="col">By</th>
          <th scope="col">Why</th>
        </tr>
      </thead>
      <tbody>
        {items.map((change) => (
          <tr key={change.id}>
            <td>
              <At at={change.at} />
            </td>
            <td>
              {change.field === null ? 'The record' : fieldTitle(change.field)}
              {change.entity === 'milestone' ? <span className="quiet"> (milestone)</span> : null}
            </td>
            <td>
              <Value of={change.before} />
            </td>
            <td>
              <Value of={change.after} />
            </td>
            <td>
              {deciderWords(change.decidedBy)}
              <div className="quiet">{where(change)}</div>
            </td>
            <td>{change.reason}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );

export const PoamHistory = ({ poamId }: { readonly poamId: string }) => (
  <Loaded query={useQuery(poamHistoryQuery(poamId))}>{({ items }) => <ChangesTable items={items} />}</Loaded>
);
