import { useQuery } from '@tanstack/react-query';
import { useParams, useSearch } from '@tanstack/react-router';
import { type OutboxRow, outboxQuery } from '../../api/operations.ts';
import detail from '../../kit/detail/detail.module.css';
import { DetailHead } from '../../kit/detail/detail-head.tsx';
import { Drawer } from '../../kit/detail/drawer.tsx';
import { Facts, Section } from '../../kit/detail/facts.tsx';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { AnyValue, nameWords } from '../../kit/marks/values.tsx';
import { At, When } from '../../kit/marks/when.tsx';
import { EntityLink, RecordLink } from '../../kit/record-link.tsx';
import { fieldTitle } from '../poams/field-row.tsx';
import { OutboxActions } from './outbox-actions.tsx';
import { outboxState, words } from './words.ts';

const Lines = ({ of }: { readonly of: OutboxRow }) => (
  <table className={detail['table']}>
    <thead>
      <tr>
        <th scope="col">Field</th>
        <th scope="col">Before</th>
        <th scope="col">After</th>
      </tr>
    </thead>
    <tbody>
      {of.lines.map((line) => (
        <tr key={line.field}>
          <td>{nameWords(line.field)}</td>
          <td>
            <AnyValue of={line.before} />
          </td>
          <td>
            <AnyValue of={line.after} />
          </td>
        </tr>
      ))}
    </tbody>
  </table>
);

interface Refusal {
  readonly message?: unknown;
  readonly fields?: readonly { readonly field: string; readonly message: string }[];
}
const isRefusal = (of: OutboxRow['failure']): of is Refusal & OutboxRow['failure'] =>
  typeof of === 'object' && of !== null && 'message' in of;

/** Its own words, field by field; what we note beside them is for the log. */
const Failure = ({ of }: { readonly of: OutboxRow['failure'] }) =>
  isRefusal(of) ? (
    <>
      <p className="bad">{String(of.message)}</p>
      {of.fields === undefined || of.fields.length === 0 ? null : (
        <ul>
          {of.fields.map(({ field, message }) => (
            <li key={`${field} ${message}`}>
              <span className="strong">{fieldTitle(field)}</span> {message}
            </li>
          ))}
        </ul>
      )}
    </>
  ) : (
    <AnyValue of={of} />
  );

const Body = ({ of }: { readonly of: OutboxRow }) => (
  <>
    <Facts
      columns={1}
      of={[
        ['State', `${outboxState(of).text}. ${outboxState(of).meaning}`],
        ['Why', of.reason],
        [
          'Record',
          <EntityLink key="record" entity={of.entity} id={of.entityId}>
            {of.entityId}
          </EntityLink>,
        ],
        [`Id in ${of.system}`, of.externalId],
        ['Sent', of.attempts === 0 ? 'not yet' : of.attempts === 1 ? 'once' : `${of.attempts} times`],
        ['Queued', <At key="queued" at={of.createdAt} />],
        ['Not before', of.notBefore === null ? null : <At key="next" at={of.notBefore} />],
        [
          'Approved',
          of.approvedAt === null ? null : (
            <span key="approved">
              <When at={of.approvedAt} /> by {of.approvedBy}
            </span>
          ),
        ],
        [
          'Queued by',
          <RecordLink key="operation" kind="operation" id={of.operationId}>
            the run {of.operationId.slice(0, 8)}
          </RecordLink>,
        ],
        [
          'Planned again',
          of.mustReplan ? 'Yes: the record changed since, so the next sync plans it anew.' : null,
        ],
      ]}
    />
    <Section title={of.kind === 'create' ? 'What is made' : 'What is changed'}>
      <Lines of={of} />
    </Section>
    {of.failure === null ? null : (
      <Section title={`What ${of.system} answered`}>
        <Failure of={of.failure} />
      </Section>
    )}
  </>
);

export const ChangePage = () => {
  const { changeId = '' } = useParams({ strict: false });
  const { from } = useSearch({ strict: false });
  const query = useQuery(outboxQuery(changeId));
  if (from === 'list')
    return (
      <Drawer title={`Change ${changeId}`} list="/sync/outbox">
        <Loaded query={query}>
          {(of) => (
            <div className={detail['page']}>
              <h2>{of.title}</h2>
              <div className={detail['actions']}>
                <OutboxActions of={of} />
              </div>
              <Body of={of} />
            </div>
          )}
        </Loaded>
      </Drawer>
    );
  return (
    <Loaded query={query} whole>
      {(of) => (
        <div className={detail['page']}>
          <DetailHead
            parent={{ to: '/sync/outbox', title: words.outbox }}
            title={of.title}
            actions={<OutboxActions of={of} />}
          />
          <Body of={of} />
        </div>
      )}
    </Loaded>
  );
};
