/** The parts of a run: its steps with counts, what it changed, what it left. */
import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { deciderWords } from '../../kit/decider.ts';
import { capitalized, withoutId } from '../../kit/titles.ts';
import { changesQuery, type JournalEntry, type OperationDetail } from '../../api/operations.ts';
import detail from '../../kit/detail/detail.module.css';
import { Section } from '../../kit/detail/facts.tsx';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { AnyValue, nameWords } from '../../kit/marks/values.tsx';
import { At } from '../../kit/marks/when.tsx';
import { EntityLink, RecordLink } from '../../kit/record-link.tsx';
import { fieldTitle } from '../poams/field-row.tsx';
import { countColumns, directionWords, statusOf } from './words.ts';

/** The other sides of its steps, each with its address once. */
const Addresses = ({ of }: { readonly of: OperationDetail['steps'] }) => {
  const known = new Map(
    of.flatMap(({ system, address }) => (address === null ? [] : [[system, address] as const])),
  );
  return known.size === 0 ? null : (
    <p className="quiet" style={{ margin: '8px 0 4px' }}>
      {[...known].map(([system, address]) => `${system} at ${address}`).join(' · ')}
    </p>
  );
};

export const Steps = ({ of }: { readonly of: OperationDetail }) =>
  of.steps.length === 0 ? (
    <p className="quiet">It has no steps of its own.</p>
  ) : (
    <div className={detail['scrollX']} tabIndex={0} role="region" aria-label="Steps">
      <Addresses of={of.steps} />
      <table className={detail['table']}>
        <thead>
          <tr>
            <th scope="col">Step</th>
            <th scope="col">Other side</th>
            <th scope="col">State</th>
            {countColumns.map(([name, title]) => (
              <th key={name} scope="col" className={detail['num']}>
                {title}
              </th>
            ))}
            <th scope="col">Started</th>
            <th scope="col">Ended</th>
          </tr>
        </thead>
        <tbody>
          {of.steps.map((step) => (
            <tr key={step.operationId}>
              <td>
                {capitalized(step.what)}
                {step.error === null ? null : <div className="bad">{step.error}</div>}
              </td>
              <td>{step.system}</td>
              <td className={statusOf(step).tone}>{statusOf(step).text}</td>
              {countColumns.map(([name]) => (
                <td
                  key={name}
                  className={`${detail['num'] ?? ''} ${step.counts[name] === 0 ? 'quiet' : name === 'failed' ? 'bad strong' : ''}`}
                >
                  {step.counts[name].toLocaleString('en')}
                </td>
              ))}
              <td className={detail['oneLine']}>
                <At at={step.startedAt} />
              </td>
              <td className={detail['oneLine']}>
                <At at={step.completedAt} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );

const kindWords = {
  created: 'Created',
  changed: 'Changed',
  linked: 'Linked',
  missing: 'Marked as missing',
} as const;

const ChangeRow = ({ of }: { readonly of: JournalEntry }) => (
  <tr>
    <td>
      <EntityLink entity={of.entity} id={of.entityId}>
        {of.record}
      </EntityLink>
      <div className="quiet">{withoutId(of.title, of.entityId) || nameWords(of.entity)}</div>
    </td>
    <td>{of.field === null ? kindWords[of.kind] : fieldTitle(of.field)}</td>
    <td>
      <AnyValue of={of.before} />
    </td>
    <td>
      <AnyValue of={of.after} />
    </td>
    <td>
      {directionWords(of.direction)}
      {of.system === null ? null : <div className="quiet">{of.system}</div>}
    </td>
    <td>
      {deciderWords(of.decidedBy)}
      {of.reason === null ? null : <div className="quiet">{of.reason}</div>}
    </td>
    <td>
      <At at={of.at} />
    </td>
  </tr>
);

const ChangeTable = ({ of }: { readonly of: readonly JournalEntry[] }) => (
  <div className={detail['scrollX']} tabIndex={0} role="region" aria-label="Changes">
    <table className={detail['table']}>
      <thead>
        <tr>
          <th scope="col">Record</th>
          <th scope="col">Field</th>
          <th scope="col">Before</th>
          <th scope="col">After</th>
          <th scope="col">Which way</th>
          <th scope="col">Decided by</th>
          <th scope="col">When</th>
        </tr>
      </thead>
      <tbody>
        {of.map((change) => (
          <ChangeRow key={change.id} of={change} />
        ))}
      </tbody>
    </table>
  </div>
);

/** Field by field, page by page. */
export const Changes = ({ operationId }: { readonly operationId: string }) => {
  const query = useInfiniteQuery(changesQuery(operationId));
  return (
    <Loaded query={query}>
      {({ pages }) => {
        const changes = pages.flatMap(({ items }) => items);
        if (changes.length === 0) return <p className="quiet">It changed nothing.</p>;
        return (
          <>
            <ChangeTable of={changes} />
            {query.hasNextPage ? (
              <Button
                mt="sm"
                variant="default"
                loading={query.isFetchingNextPage}
                onClick={() => void query.fetchNextPage()}
              >
                Show more
              </Button>
            ) : null}
          </>
        );
      }}
    </Loaded>
  );
};

const Records = ({ of, cut }: { readonly of: OperationDetail['held']; readonly cut: boolean }) => (
  <>
    <table className={detail['table']}>
      <thead>
        <tr>
          <th scope="col">Record</th>
          <th scope="col">Why</th>
        </tr>
      </thead>
      <tbody>
        {of.map(({ identifier, reason }) => (
          <tr key={`${identifier} ${reason}`}>
            <td className="mono">{identifier}</td>
            <td>{reason}</td>
          </tr>
        ))}
      </tbody>
    </table>
    {cut ? <p className="quiet">There are more; these are the first.</p> : null}
  </>
);

/** What a run left for a person: conflicts, records held back, records refused. */
export const Left = ({ of }: { readonly of: OperationDetail }) => (
  <>
    {of.conflicts.length + of.held.length + of.refused.length === 0 ? (
      <p className="quiet">It left nothing: no conflict, and no record held back or refused.</p>
    ) : null}
    {of.conflicts.length === 0 ? null : (
      <Section title="Conflicts">
        <ul>
          {of.conflicts.map((conflict) => (
            <li key={conflict.id}>
              <RecordLink kind="conflict" id={conflict.id}>
                {conflict.entityId} {conflict.title}
              </RecordLink>
              {conflict.field === null ? '' : `, ${fieldTitle(conflict.field)}`}{' '}
              <span className="quiet">{conflict.status === 'pending' ? 'open' : 'settled'}</span>
            </li>
          ))}
        </ul>
        {of.cut.includes('conflicts') ? <p className="quiet">There are more; these are the first.</p> : null}
      </Section>
    )}
    {of.held.length === 0 ? null : (
      <Section title="Held back">
        <Records of={of.held} cut={of.cut.includes('held')} />
      </Section>
    )}
    {of.refused.length === 0 ? null : (
      <Section title="Refused">
        <Records of={of.refused} cut={of.cut.includes('refused')} />
      </Section>
    )}
  </>
);
