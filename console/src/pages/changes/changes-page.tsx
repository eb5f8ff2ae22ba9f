/** What changed since yesterday, or since whenever one was here last: POA&Ms and milestones, findings by system, what is newly asked. */
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { type ChangesSince, changesSinceQuery } from '../../api/work/poam-life.ts';
import styles from '../../kit/detail/detail.module.css';
import { Section } from '../../kit/detail/facts.tsx';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { At, When } from '../../kit/marks/when.tsx';
import { useNow } from '../../kit/now.ts';
import { PageTitle } from '../../kit/page-title.tsx';
import { RecordLink } from '../../kit/record-link.tsx';
import { dayOf } from '../../kit/time.ts';
import { fieldTitle, Value } from '../poams/field-row.tsx';
import type { FieldValue } from '../../api/poams.ts';

const dayMs = 86_400_000;
/** The server tells no more. */
const longestDays = 92;
const spans = [
  ['1', 'yesterday'],
  ['7', 'a week ago'],
  ['30', '30 days ago'],
] as const;

const wheres = { internal: 'here', inbound: 'came in', outbound: 'sent' } as const;
const whereOf = (direction: string): string =>
  direction in wheres ? wheres[direction as keyof typeof wheres] : direction; // just found

type Change = ChangesSince['changes'][number];

const Changes = ({ of }: { readonly of: ChangesSince }) => (
  <Section title="POA&Ms and milestones">
    {of.changes.length === 0 ? (
      <p className="quiet">None changed.</p>
    ) : (
      <div className={styles['scrollX']} tabIndex={0} role="region" aria-label="Changes, to scroll">
        <table className={styles['table']}>
          <thead>
            <tr>
              <th scope="col">When</th>
              <th scope="col">POA&M</th>
              <th scope="col">What</th>
              <th scope="col">Before</th>
              <th scope="col">After</th>
              <th scope="col">Where</th>
            </tr>
          </thead>
          <tbody>
            {of.changes.map((each) => (
              <ChangeRow key={each.journalId} of={each} />
            ))}
          </tbody>
        </table>
      </div>
    )}
    {of.isCut ? (
      <p className="quiet">The latest {of.changes.length} are shown; choose a later day to see fewer.</p>
    ) : null}
  </Section>
);

const wholeWords = ({ before, after }: Change): string =>
  after === null ? 'no longer there' : before === null ? 'made' : 'linked';

const ChangeRow = ({ of }: { readonly of: Change }) => (
  <tr>
    <td style={{ whiteSpace: 'nowrap' }}>
      <At at={of.at} />
    </td>
    <td>
      <RecordLink kind="poam" id={of.poamId}>
        {of.poamId}
      </RecordLink>
      <div className="quiet">{of.weakness}</div>
    </td>
    {of.field === null ? (
      <td colSpan={3}>
        {of.entity === 'milestone' ? 'Milestone ' : ''}
        {wholeWords(of)}
      </td>
    ) : (
      <>
        <td>
          {fieldTitle(of.field)}
          {of.entity === 'milestone' ? <span className="quiet"> (milestone)</span> : null}
        </td>
        <td>
          <Value of={of.before as FieldValue} />
        </td>
        <td>
          <Value of={of.after as FieldValue} />
        </td>
      </>
    )}
    <td className="quiet">{whereOf(of.direction)}</td>
  </tr>
);

const numbers = [
  ['found', 'Found'],
  ['fixed', 'Fixed'],
  ['cameBack', 'Came back'],
  ['missing', 'No longer shown'],
  ['gone', 'Machine gone'],
] as const;

const Findings = ({ of }: { readonly of: ChangesSince['findings'] }) => (
  <Section title="Findings, by system">
    {of.length === 0 ? (
      <p className="quiet">None was found, fixed or came back.</p>
    ) : (
      <table className={styles['table']} style={{ width: 'auto' }}>
        <thead>
          <tr>
            <th scope="col">System</th>
            {numbers.map(([, title]) => (
              <th key={title} scope="col" className={styles['num']}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {of.map((each) => (
            <tr key={each.systemId ?? ''}>
              <td>
                {each.systemId === null ? (
                  'in no system'
                ) : (
                  <RecordLink kind="system" id={each.systemId}>
                    {each.systemId}
                  </RecordLink>
                )}
              </td>
              {numbers.map(([name]) => (
                <td key={name} className={`${styles['num'] ?? ''} ${each[name] === 0 ? 'quiet' : ''}`}>
                  {each[name].toLocaleString('en')}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    )}
  </Section>
);

const Questions = ({ of }: { readonly of: ChangesSince['questions'] }) => (
  <Section title="Newly asked">
    {of.length === 0 ? (
      <p className="quiet">Nothing new is asked.</p>
    ) : (
      <ul>
        {of.map(({ at, poamId, code, text }) => (
          <li key={`${poamId} ${code}`}>
            <RecordLink kind="poam" id={poamId}>
              {poamId}
            </RecordLink>
            : {text}{' '}
            <span className="quiet">
              (<When at={at} />)
            </span>
          </li>
        ))}
      </ul>
    )}
    <p>
      <Link to="/inbox">Everything that waits for you</Link>
    </p>
  </Section>
);

/** From which day, as the address has it: `1`, `7`, `30` days back, or a day. */
const Since = ({ chosen, earliest }: { readonly chosen: string; readonly earliest: string }) => {
  const navigate = useNavigate();
  return (
    <div style={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: 12, margin: '8px 0' }}>
      <span>Since</span>
      {spans.map(([days, title]) => (
        <Link
          key={days}
          to="/changes"
          search={{ since: days }}
          aria-current={chosen === days ? 'true' : undefined}
        >
          <span className={chosen === days ? 'strong' : ''}>{title}</span>
        </Link>
      ))}
      <label>
        or since{' '}
        <input
          type="date"
          value={chosen.includes('-') ? chosen : ''}
          min={earliest}
          onChange={(event) => {
            const since = event.currentTarget.value;
            if (since !== '') void navigate({ to: '/changes', search: (before) => ({ ...before, since }) });
          }}
        />
      </label>
    </div>
  );
};

const isDay = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`));

export const ChangesPage = () => {
  const { since: asked = '1', system } = useSearch({ strict: false });
  const now = useNow();
  const startOfToday = Math.floor(now / dayMs) * dayMs;
  const back = spans.some(([days]) => days === asked) ? Number(asked) : 1;
  const chosen = isDay(asked) ? asked : String(back);
  const since = isDay(asked) ? `${asked}T00:00:00Z` : new Date(startOfToday - back * dayMs).toISOString();
  return (
    <div className={styles['page']}>
      <PageTitle title="Changes" />
      <Since chosen={chosen} earliest={dayOf(new Date(now - longestDays * dayMs).toISOString())} />
      <Loaded query={useQuery(changesSinceQuery(since, system))}>
        {(changes) => (
          <>
            <p className="quiet">
              What changed since <At at={changes.since} />
              {Date.parse(changes.since) > Date.parse(since)
                ? `: no more than ${longestDays} days are told`
                : ''}
              .
            </p>
            <Questions of={changes.questions} />
            <Findings of={changes.findings} />
            <Changes of={changes} />
          </>
        )}
      </Loaded>
    </div>
  );
};
