/** What waits for a person in this system, each number with the list behind it. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Permission } from '../../../../src/canonical/access/index.ts';
import { countQuery } from '../../api/lists.ts';
import type { SystemDetail } from '../../api/systems.ts';
import { Section } from '../../kit/detail/facts.tsx';
import { countWords } from '../../kit/list/use-rows.ts';
import { AgreementMark, agreementWord } from '../../kit/marks/agreement.tsx';
import type { Search } from '../../kit/search.ts';
import { useSession } from '../../shell/use-session.ts';
import styles from './system.module.css';

interface Waiting {
  readonly title: string;
  readonly to: string;
  readonly noun: string;
  readonly filters: Search;
  readonly permission: Permission;
}

const waiting: readonly Waiting[] = [
  { title: 'Conflicts', to: '/conflicts', noun: 'conflicts', filters: {}, permission: 'conflict:read' },
  {
    title: 'Approvals that are asked for',
    to: '/approvals',
    noun: 'approvals',
    filters: {},
    permission: 'plan:read',
  },
  {
    title: 'Changes that were refused',
    to: '/sync/outbox',
    noun: 'outbox',
    filters: { state: 'failed' },
    permission: 'sync:read',
  },
  {
    title: 'Changes that wait to be sent',
    to: '/sync/outbox',
    noun: 'outbox',
    filters: { state: 'waiting,pending,sent' },
    permission: 'sync:read',
  },
  {
    title: 'POA&Ms that ended while a finding is open',
    to: '/poams',
    noun: 'poams',
    filters: { contradiction: 'yes' },
    permission: 'poam:read',
  },
  {
    title: 'POA&Ms without an open finding: could be closed',
    to: '/poams',
    noun: 'poams',
    filters: { open: 'yes', findings: 'none' },
    permission: 'poam:read',
  },
  {
    title: 'Critical and high findings without POA&M',
    to: '/findings',
    noun: 'findings',
    filters: { severity: 'critical,high', state: 'open,reopened', poam: 'none' },
    permission: 'finding:read',
  },
  {
    title: 'Assets that no source reports any more',
    to: '/assets',
    noun: 'assets',
    filters: { state: 'unreported' },
    permission: 'asset:read',
  },
];

const Row = ({ systemId, of }: { readonly systemId: string; readonly of: Waiting }) => {
  const filters = { ...of.filters, system: systemId };
  const { data, isPending, isError } = useQuery(countQuery(of.noun, filters));
  const isNone = data?.count === 0;
  return (
    <li>
      <Link to={of.to} search={filters} className={styles['waits'] ?? ''}>
        <span className={`${styles['number']} ${isNone ? 'quiet' : 'strong'}`}>
          {isPending ? '…' : isError ? '?' : countWords(data)}
        </span>
        <span className={isNone ? 'quiet' : ''}>
          {of.title}
          {isError ? <span className="quiet"> (could not be counted)</span> : null}
        </span>
      </Link>
    </li>
  );
};

export const WaitsTab = ({ systemId, of }: { readonly systemId: string; readonly of: SystemDetail }) => {
  const { permissions } = useSession();
  const rows = waiting.filter(({ permission }) => permissions[permission] !== undefined);
  return (
    <>
      <Section title="Waits for a person">
        <ul className={styles['list']}>
          {rows.map((row) => (
            <Row key={row.title} systemId={systemId} of={row} />
          ))}
        </ul>
      </Section>
      {permissions['poam:read'] === undefined ? null : (
        <Section title="POA&Ms by their agreement with the GRC system">
          {of.agreement.length === 0 ? <p className="quiet">It has no POA&M.</p> : null}
          <ul className={styles['list']}>
            {of.agreement.map(({ value, count }) => (
              <li key={value}>
                <Link
                  to="/poams"
                  search={{ system: systemId, ...(value === null ? {} : { agreement: value }) }}
                  className={styles['waits'] ?? ''}
                >
                  <span className={`${styles['number']} strong`}>{count.toLocaleString('en')}</span>
                  {value === null ? 'unknown' : <AgreementMark of={value} word={agreementWord(value)} />}
                </Link>
              </li>
            ))}
          </ul>
        </Section>
      )}
    </>
  );
};
