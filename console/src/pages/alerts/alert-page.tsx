/** One alert: what passed which threshold, what may be done, its story, and where it was delivered. */
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { type AlertDetail, alertQuery } from '../../api/work/alerts.ts';
import { assigneeWords } from '../../kit/assignee-field.tsx';
import { ActButton } from '../../kit/act/act-button.tsx';
import styles from '../../kit/detail/detail.module.css';
import { DetailHead } from '../../kit/detail/detail-head.tsx';
import { type Fact, Facts, Prose, Section } from '../../kit/detail/facts.tsx';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { SeverityWord } from '../../kit/marks/severity.tsx';
import { At } from '../../kit/marks/when.tsx';
import { isRecordKind, listPath, RecordLink } from '../../kit/record-link.tsx';
import { useMay } from '../../shell/use-session.ts';
import { Acknowledge, Assign, Reactivate, Resolve, Suppress } from './alert-dialogs.tsx';
import { eventWords, stateWords, words } from './words.ts';

const About = ({ of }: { readonly of: AlertDetail }) => {
  if (of.entityId === null) return null;
  const { connection } = of.facts;
  if (of.entityType === 'connection' && typeof connection === 'string')
    return (
      <RecordLink kind="connection" id={connection}>
        {connection}
      </RecordLink>
    );
  // A connection is known by its name; its number leads nowhere.
  return of.entityType === null || of.entityType === 'connection' || !isRecordKind(of.entityType) ? (
    <span>{of.entityId}</span>
  ) : (
    <RecordLink kind={of.entityType} id={of.entityId}>
      {of.entityType === 'asset' && typeof of.facts['asset'] === 'string' ? of.facts['asset'] : of.entityId}
    </RecordLink>
  );
};

const List = ({ of }: { readonly of: AlertDetail }) => {
  const to = of.list === null ? undefined : listPath(of.list.noun);
  if (to === undefined || of.list === null) return null;
  return (
    <Link to={to} search={of.list.filter}>
      What it is about
    </Link>
  );
};

/** Hours come with all their digits. */
const rounded = (value: number): string => value.toLocaleString('en', { maximumFractionDigits: 2 });

const factsOf = (of: AlertDetail): readonly Fact[] => [
  ['About', <About key="about" of={of} />],
  ['Value', of.value === null ? null : `${rounded(of.value)} ${of.unit}`, of.means],
  ['Threshold', of.threshold === null ? null : `${of.threshold} ${of.unit}`],
  [
    'System',
    of.systemId === null ? null : (
      <RecordLink key="system" kind="system" id={of.systemId}>
        {of.systemId}
      </RecordLink>
    ),
  ],
  ['For', assigneeWords(of)],
  ['Raised', <At key="raised" at={of.raisedAt} />],
  ...(of.acknowledgedAt === null
    ? []
    : [
        [
          'Acknowledged',
          <span key="acknowledged">
            <At at={of.acknowledgedAt} /> by {of.acknowledgedBy}
          </span>,
        ] as const,
      ]),
  ...(of.suppressedUntil === null
    ? []
    : [
        [
          'Suppressed until',
          <span key="suppressed">
            <At at={of.suppressedUntil} /> by {of.suppressedBy}
          </span>,
        ] as const,
      ]),
  ...(of.resolvedAt === null
    ? []
    : [
        [
          'Over',
          <span key="over">
            <At at={of.resolvedAt} />, closed by {of.resolvedBy ?? 'tieline'}: {of.resolution}
          </span>,
        ] as const,
      ]),
];

const valueWords = (value: unknown): string =>
  value === null || value === undefined
    ? 'nobody'
    : typeof value === 'string'
      ? value
      : JSON.stringify(value);
const momentWords = ({ field, before, after }: AlertDetail['story'][number]): string =>
  field === 'assigned_to'
    ? `given to ${valueWords(after)}`
    : before === null
      ? 'raised'
      : after === 'resolved'
        ? 'over'
        : `${valueWords(before)} → ${valueWords(after).replace(/T00:00:00\.000Z$/, '')}`;

const Story = ({ of }: { readonly of: AlertDetail }) => (
  <Section title="Story">
    <table className={styles['table']}>
      <thead>
        <tr>
          <th scope="col">When</th>
          <th scope="col">What</th>
          <th scope="col">By</th>
          <th scope="col">Why</th>
        </tr>
      </thead>
      <tbody>
        {of.story.map((moment) => (
          <tr key={`${moment.at} ${moment.field}`}>
            <td>
              <At at={moment.at} />
            </td>
            <td>{momentWords(moment)}</td>
            <td>{moment.by.replace(/^rule:/, '')}</td>
            <td>{moment.reason}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </Section>
);

const Deliveries = ({ of }: { readonly of: AlertDetail }) =>
  of.deliveries.length === 0 ? null : (
    <Section title="Delivered">
      <table className={styles['table']}>
        <thead>
          <tr>
            <th scope="col">Channel</th>
            <th scope="col">What</th>
            <th scope="col">To</th>
            <th scope="col">State</th>
          </tr>
        </thead>
        <tbody>
          {of.deliveries.map((each) => (
            <tr key={each.id}>
              <td>{each.channel}</td>
              <td>{eventWords[each.event] ?? each.event}</td>
              <td>{each.recipient ?? ''}</td>
              <td>
                {each.sentAt === null ? (
                  <span className={each.state === 'failed' ? 'bad' : ''}>
                    {each.state}
                    {each.failure === null ? '' : `: ${each.failure}`}
                  </span>
                ) : (
                  <>
                    sent <At at={each.sentAt} />
                  </>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  );

const dialogs = {
  acknowledge: Acknowledge,
  assign: Assign,
  suppress: Suppress,
  reactivate: Reactivate,
  resolve: Resolve,
} as const;

const Actions = ({ of }: { readonly of: AlertDetail }) => {
  const [open, setOpen] = useState<keyof typeof dialogs>();
  const Dialog = open === undefined ? undefined : dialogs[open];
  return (
    <>
      <ActButton variant="default" onPress={() => setOpen('assign')}>
        Assign…
      </ActButton>
      {of.state === 'suppressed' ? null : (
        <ActButton variant="default" onPress={() => setOpen('suppress')}>
          Suppress…
        </ActButton>
      )}
      {of.state === 'active' ? (
        <ActButton onPress={() => setOpen('acknowledge')}>Acknowledge…</ActButton>
      ) : (
        <ActButton variant="default" onPress={() => setOpen('reactivate')}>
          Make active…
        </ActButton>
      )}
      {of.kind === 'workflow' ? (
        <ActButton variant="default" onPress={() => setOpen('resolve')}>
          It is over…
        </ActButton>
      ) : null}
      {Dialog ? <Dialog of={of} onClose={() => setOpen(undefined)} /> : null}
    </>
  );
};

const WholePage = ({ of }: { readonly of: AlertDetail }) => {
  const mayWrite = useMay('alert:write');
  return (
    <div className={styles['page']}>
      <DetailHead
        parent={{ to: '/alerts', title: words.title }}
        title={of.title}
        marks={
          <>
            <SeverityWord of={of.severity} />
            <span className={of.state === 'active' ? 'attention' : ''}>{stateWords[of.state]}</span>
            <List of={of} />
          </>
        }
        actions={mayWrite && of.state !== 'resolved' ? <Actions of={of} /> : null}
      />
      <Prose text={of.description} />
      <Facts columns={1} of={factsOf(of)} />
      <Story of={of} />
      <Deliveries of={of} />
    </div>
  );
};

export const AlertPage = () => {
  const { alertId = '' } = useParams({ strict: false });
  return (
    <Loaded query={useQuery(alertQuery(alertId))} whole>
      {(of) => <WholePage key={of.id} of={of} />}
    </Loaded>
  );
};
