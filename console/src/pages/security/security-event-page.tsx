/** One security event: what was recorded, its investigation, and what belongs to it. */
import { NativeSelect, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import {
  type InvestigationState,
  investigateEvent,
  type SecurityEventDetail,
  securityEventQuery,
} from '../../api/work/security.ts';
import { ActButton } from '../../kit/act/act-button.tsx';
import { ActionDialog } from '../../kit/act/action-dialog.tsx';
import styles from '../../kit/detail/detail.module.css';
import { DetailHead } from '../../kit/detail/detail-head.tsx';
import { type Fact, Facts, Section } from '../../kit/detail/facts.tsx';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { SeverityWord } from '../../kit/marks/severity.tsx';
import { At } from '../../kit/marks/when.tsx';
import { RecordLink } from '../../kit/record-link.tsx';
import { useDone } from '../../kit/act/use-done.ts';
import { useMay } from '../../shell/use-session.ts';
import { investigationWords, outcomeTone, outcomeWords, wayWords, words } from './words.ts';

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const factsOf = (of: SecurityEventDetail): readonly Fact[] => [
  ['Happened', <At key="happened" at={of.occurredAt} />],
  ...(of.detectedAt === of.occurredAt ? [] : [['Noticed', <At key="noticed" at={of.detectedAt} />] as const]),
  ['Who', of.who ?? 'nobody known'],
  ['From', `${of.address ?? ''} ${wayWords[of.way] ?? of.way}`.trim()],
  ['Object', of.objectId === null ? null : `${(of.objectType ?? '').replaceAll('_', ' ')} ${of.objectId}`],
  [
    'System',
    of.systemId === null ? null : (
      <RecordLink key="system" kind="system" id={of.systemId}>
        {of.systemId}
      </RecordLink>
    ),
  ],
  [
    'Asset',
    of.assetId === null ? null : (
      <RecordLink key="asset" kind="asset" id={of.assetId}>
        {of.assetId}
      </RecordLink>
    ),
  ],
  ['Reason', of.failureReason],
  ['Source', of.source],
  ...Object.entries(of.details).map(([name, value]): Fact => [name, textOf(value)]),
  [
    'Evidence',
    of.isChained
      ? 'a link of the chain covers it'
      : 'older than the chain, so nothing proves that it is unchanged',
  ],
];

const InvestigateDialog = ({
  of,
  onClose,
}: {
  readonly of: SecurityEventDetail;
  readonly onClose: () => void;
}) => {
  const [notes, setNotes] = useState('');
  const [state, setState] = useState<InvestigationState>('open');
  const done = useDone(onClose, [['security-events'], ['list', 'security-events']]);
  return (
    <ActionDialog
      title="Investigate"
      verb="Record"
      incomplete={notes.trim() === ''}
      onClose={onClose}
      onRun={async () => {
        await investigateEvent(of.id, { notes: notes.trim(), state });
        await done('Recorded. The event itself is not changed.');
      }}
    >
      <Textarea
        label="What you looked at and found"
        autosize
        minRows={3}
        value={notes}
        onChange={(event) => setNotes(event.currentTarget.value)}
        required
        data-autofocus
      />
      <NativeSelect
        mt="sm"
        label="How it stands"
        data={[
          { value: 'open', label: 'Being looked at' },
          { value: 'resolved', label: 'Resolved' },
          { value: 'harmless', label: 'Harmless (false positive)' },
        ]}
        value={state}
        onChange={(event) => setState(event.currentTarget.value as InvestigationState)} // one of the options
      />
    </ActionDialog>
  );
};

const Investigation = ({ of }: { readonly of: SecurityEventDetail }) =>
  of.investigatedBy === null ? null : (
    <Section title="Investigation">
      <Facts
        columns={1}
        of={[
          ['How it stands', investigationWords(of)],
          ['By', of.investigatedBy],
          ['Notes', of.notes],
          ['Closed', of.resolvedAt === null ? null : <At key="over" at={of.resolvedAt} />],
        ]}
      />
    </Section>
  );

const Related = ({ of }: { readonly of: SecurityEventDetail }) =>
  of.related.length === 0 ? null : (
    <Section title="Related events">
      <table className={styles['table']}>
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">What</th>
            <th scope="col">By</th>
            <th scope="col">Outcome</th>
            <th scope="col">Notes</th>
          </tr>
        </thead>
        <tbody>
          {of.related.map((each) => (
            <tr key={each.id}>
              <td>
                <At at={each.occurredAt} />
              </td>
              <td>
                <RecordLink kind="securityEvent" id={each.id}>
                  {each.title}
                </RecordLink>
              </td>
              <td>{each.who}</td>
              <td className={outcomeTone[each.outcome]}>{outcomeWords[each.outcome]}</td>
              <td>
                {typeof each.details['notes'] === 'string' ? each.details['notes'] : each.failureReason}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  );

const WholePage = ({ of }: { readonly of: SecurityEventDetail }) => {
  const mayInvestigate = useMay('audit:investigate');
  const [open, setOpen] = useState(false);
  return (
    <div className={styles['page']}>
      <DetailHead
        parent={{ to: '/security', title: words.title }}
        title={of.title}
        marks={
          <>
            <SeverityWord of={of.severity} />
            <span className={outcomeTone[of.outcome]}>{outcomeWords[of.outcome]}</span>
            <span>{investigationWords(of)}</span>
          </>
        }
        actions={mayInvestigate ? <ActButton onPress={() => setOpen(true)}>Investigate…</ActButton> : null}
      />
      <Facts columns={1} of={factsOf(of)} />
      <Investigation of={of} />
      <Related of={of} />
      {open ? <InvestigateDialog of={of} onClose={() => setOpen(false)} /> : null}
    </div>
  );
};

export const SecurityEventPage = () => {
  const { eventId = '' } = useParams({ strict: false });
  return (
    <Loaded query={useQuery(securityEventQuery(eventId))} whole>
      {(of) => <WholePage key={of.id} of={of} />}
    </Loaded>
  );
};
