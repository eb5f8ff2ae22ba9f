/** What must I do today, and is anything wrong? Every number is the count of a list, and leads to it. */
import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { badgesQuery } from '../../api/work/badges.ts';
import { get } from '../../api/http/client.ts';
import { countQuery, type Page } from '../../api/lists.ts';
import { statusQuery } from '../../api/sync.ts';
import { countsOf, type SystemRow } from '../../api/systems.ts';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { countWords } from '../../kit/list/use-rows.ts';
import { SeverityCounts } from '../../kit/marks/severity.tsx';
import { Age, Ends, When } from '../../kit/marks/when.tsx';
import { PageTitle } from '../../kit/page-title.tsx';
import { RecordLink } from '../../kit/record-link.tsx';
import type { Search } from '../../kit/search.ts';
import detail from '../../kit/detail/detail.module.css';
import { useMay, useSession } from '../../shell/use-session.ts';
import { ConnectionCard } from '../sync/connection-card.tsx';
import syncStyles from '../sync/sync.module.css';
import { LastSignIn } from './last-sign-in.tsx';
import styles from './home.module.css';
import { type Part, partsOf, type Waiting } from './words.ts';

const Row = ({ of, system }: { readonly of: Waiting; readonly system: string | undefined }) => {
  const filters: Search = {
    ...of.filters,
    ...(system === undefined || 'system' in of.filters ? {} : { system }),
  };
  const { data, isError, isPending } = useQuery(countQuery(of.noun, filters));
  const nothing = data?.count === 0;
  return (
    <li>
      <Link to={`/${of.noun}`} search={of.filters} className={styles['row'] ?? ''}>
        <span className={styles['count']} data-tone={nothing ? 'none' : of.tone}>
          {isPending ? '…' : isError ? '?' : countWords(data)}
        </span>
        <span className={nothing ? 'quiet' : ''}>
          {of.title}
          {isError ? <span className="quiet"> (could not be counted)</span> : null}
        </span>
      </Link>
    </li>
  );
};

/** The way to what waits, and to what changed. */
const Ways = () => {
  const { system } = useSearch({ strict: false });
  const { data: waiting } = useQuery(badgesQuery(system));
  const seesChanges = useMay('poam:read');
  return (
    <p className={styles['ways']}>
      <Link to="/inbox">
        {waiting === undefined
          ? 'Inbox'
          : waiting.inbox === 0
            ? 'Nothing waits for you'
            : `${waiting.inbox.toLocaleString('en')} wait for you`}
      </Link>
      {seesChanges ? <Link to="/changes">What changed since yesterday</Link> : null}
    </p>
  );
};

const PartSection = ({ part, system }: { readonly part: Part; readonly system: string | undefined }) => (
  <section className={styles['part']} aria-label={part.title}>
    <h2>{part.title}</h2>
    <ul>
      {part.rows.map((row) => (
        <Row key={row.title} of={row} system={system} />
      ))}
    </ul>
  </section>
);

const SystemsTable = () => {
  const { system } = useSearch({ strict: false });
  const query = useQuery({
    queryKey: ['list', 'systems', 'home', system],
    queryFn: ({ signal }) =>
      get<Page<SystemRow>>('/systems', { query: { sort: '-critical', limit: 12, system }, signal }),
  });
  return (
    <section aria-label="My systems">
      <h2>My systems</h2>
      <Loaded query={query}>
        {({ items, next }) => (
          <>
            <div className={detail['scrollX']} tabIndex={0} role="region" aria-label="My systems">
              <table className={detail['table']}>
                <thead>
                  <tr>
                    <th scope="col">System</th>
                    <th scope="col">Open: critical, high, medium</th>
                    <th scope="col">POA&Ms open</th>
                    <th scope="col">Overdue</th>
                    <th scope="col">Oldest critical</th>
                    <th scope="col">Authorization ends</th>
                    <th scope="col">Last scan</th>
                    <th scope="col">Last sync</th>
                  </tr>
                </thead>
                <tbody>
                  {items.map((system) => (
                    <SystemLine key={system.systemId} of={system} />
                  ))}
                </tbody>
              </table>
            </div>
            {items.length === 0 ? <p className="quiet">No system has been read yet. Connect Xacta.</p> : null}
            {next === null ? null : <Link to="/systems">All systems</Link>}
          </>
        )}
      </Loaded>
    </section>
  );
};

const SystemLine = ({ of }: { readonly of: SystemRow }) => (
  <tr>
    <td>
      <RecordLink kind="system" id={of.systemId}>
        {of.name}
      </RecordLink>
    </td>
    <td>
      <SeverityCounts counts={countsOf(of)} />
    </td>
    <td>{of.poams.open}</td>
    <td className={of.poams.overdue > 0 ? 'bad strong' : 'quiet'}>{of.poams.overdue}</td>
    <td>
      <Age since={of.severeSince} />
    </td>
    <td>
      <Ends on={of.authorizationEnds} />
    </td>
    <td>
      <When at={of.lastScan} />
    </td>
    <td>{of.sync.isOn ? <When at={of.lastSync} /> : <span className="attention">off</span>}</td>
  </tr>
);

/** For who sees no record, and runs the connections. */
const Connections = () => {
  const query = useQuery(statusQuery);
  return (
    <section aria-label="Connections">
      <h2>Connections</h2>
      <Loaded query={query}>
        {({ connections }) =>
          connections.length === 0 ? (
            <p>
              Nothing is connected yet. <Link to="/connections">Add a connection</Link>
            </p>
          ) : (
            <div className={syncStyles['cards']}>
              {connections.map((each) => (
                <ConnectionCard key={each.connection} of={each} />
              ))}
            </div>
          )
        }
      </Loaded>
    </section>
  );
};

export const HomePage = () => {
  const { person, permissions } = useSession();
  const { system } = useSearch({ strict: false });
  const seesSystems = useMay('system:read');
  const runsSync = useMay('sync:read') && !seesSystems;
  const parts = partsOf(person.roles).filter(({ permission }) => permissions[permission] !== undefined);
  return (
    <div className={styles['page']}>
      <PageTitle title="Home" />
      <LastSignIn />
      <Ways />
      <div className={styles['parts']}>
        {parts.map((part) => (
          <PartSection key={part.title} part={part} system={system} />
        ))}
      </div>
      {seesSystems ? <SystemsTable /> : null}
      {runsSync ? <Connections /> : null}
      {parts.length === 0 && !seesSystems && !runsSync ? (
        <p>None of your roles shows findings, POA&Ms or systems. Your pages are in the sidebar.</p>
      ) : null}
    </div>
  );
};
