/** The work on a finding: whose it is, until when, and what scans say of it. */
import { useQuery } from '@tanstack/react-query';
import { type Remediation, workQuery } from '../../api/work/remediation.ts';
import styles from '../../kit/detail/detail.module.css';
import { type Fact, Facts, Section } from '../../kit/detail/facts.tsx';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { At, Due } from '../../kit/marks/when.tsx';
import { useMay } from '../../shell/use-session.ts';
import { PlanOne } from './plan-work.tsx';
import { validationWords, workFieldWords, workWords } from './words.ts';

const factsOf = (of: Remediation): readonly Fact[] => [
  ['State', of.status === null ? 'nobody has begun' : workWords[of.status]],
  ['Whose', of.assignedTo === null ? 'nobody’s' : `${of.assignedTo}${of.isTeam ? ' (team)' : ''}`],
  [
    'To be fixed by',
    of.due === null ? null : <Due key="due" by={of.due} settled={of.status === 'fixed'} withDay />,
  ],
  ...(of.plan === null ? [] : [['Plan', of.plan] as const]),
  ...(of.note === null ? [] : [['Note', of.note] as const]),
  ...(of.effortHours === null ? [] : [['Effort', `${of.effortHours} h`] as const]),
  ...(of.cost === null ? [] : [['Cost', of.cost.toFixed(2)] as const]),
  ...(of.fixReportedAt === null
    ? []
    : [
        [
          'Reported fixed',
          <span key="reported">
            <At at={of.fixReportedAt} /> by {of.fixReportedBy}
          </span>,
        ] as const,
      ]),
  ...(of.validation === null ? [] : [['Proof', validationWords[of.validation]] as const]),
  ...(of.scans.length === 0
    ? []
    : [
        [
          'Scans to verify it',
          of.scans.map(({ id, system, state }) => `${id} at ${system}: ${state}`).join('; '),
        ] as const,
      ]),
];

const textOf = (value: unknown): string =>
  value === null || value === undefined || value === ''
    ? 'nothing'
    : typeof value === 'string'
      ? value.replaceAll('_', ' ')
      : JSON.stringify(value);

const History = ({ of }: { readonly of: Remediation['history'] }) => (
  <ol className={styles['timeline']}>
    {of.slice(0, 30).map((event) => (
      <li key={`${event.at} ${event.field}`}>
        <At at={event.at} />
        <span>
          <span className="strong">{workFieldWords[event.field] ?? event.field}</span>: {textOf(event.before)}{' '}
          → {textOf(event.after)}
          <span className="quiet">
            {' '}
            by {event.by ?? 'what a scan showed'}
            {event.reason === null ? '' : `: ${event.reason}`}
          </span>
        </span>
      </li>
    ))}
  </ol>
);

export const WorkSection = ({
  findingKey,
  isFixed,
}: {
  readonly findingKey: string;
  readonly isFixed: boolean;
}) => {
  const mayPlan = useMay('remediation:write');
  const work = useQuery(workQuery(findingKey));
  return (
    <Section title="The work on it">
      <Loaded query={work}>
        {(of) => (
          <>
            <Facts columns={1} of={factsOf(of)} />
            {of.history.length === 0 ? null : <History of={of.history} />}
          </>
        )}
      </Loaded>
      {mayPlan && !isFixed ? <PlanOne findingKey={findingKey} /> : null}
    </Section>
  );
};
