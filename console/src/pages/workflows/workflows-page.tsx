/** Workflows: how each stands, who owns it, what its runs came to; and those that ship, to begin with. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type Workflow, type WorkflowAids, workflowAidsQuery, workflowsQuery } from '../../api/workflows.ts';
import detail from '../../kit/detail/detail.module.css';
import { Section } from '../../kit/detail/facts.tsx';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { At, When } from '../../kit/marks/when.tsx';
import { PageTitle } from '../../kit/page-title.tsx';
import { useMay } from '../../shell/use-session.ts';
import { standing, triggerWords, words } from './words.ts';
import styles from './workflows.module.css';

/** A number of runs that leads to just these. */
const RunsOf = ({
  of,
  states,
}: {
  readonly of: Workflow;
  readonly states: readonly (keyof Workflow['runs'])[];
}) => {
  const count = states.map((state) => of.runs[state] ?? 0).reduce((sum, n) => sum + n, 0);
  return count === 0 ? (
    <span className="quiet">0</span>
  ) : (
    <Link to="/workflow-runs" search={{ workflow: of.name, state: states.join(',') }}>
      {count.toLocaleString('en')}
    </Link>
  );
};

const Row = ({ of }: { readonly of: Workflow }) => (
  <tr>
    <td>
      <Link to="/workflows/$name" params={{ name: of.name }} className="strong">
        {of.title}
      </Link>
      <div className="quiet mono">{of.name}</div>
    </td>
    <td>
      <span className={of.stopped ? 'bad' : of.mode === 'live' ? 'good' : ''}>{standing(of)}</span>
      {of.stopped ? <div className="quiet">{of.stopped.why}</div> : null}
    </td>
    <td>{triggerWords(of)}</td>
    <td>{of.owner}</td>
    <td>
      <When at={of.lastStartedAt} />
    </td>
    <td className={detail['num']}>
      <RunsOf of={of} states={['waiting', 'asking', 'pending']} />
    </td>
    <td className={detail['num']}>
      <RunsOf of={of} states={['failed']} />
    </td>
    <td className={detail['num']}>
      <RunsOf of={of} states={['held', 'halted']} />
    </td>
  </tr>
);

const Table = ({ of }: { readonly of: readonly Workflow[] }) => (
  <div className={detail['scrollX']} tabIndex={0} role="region" aria-label={words.title}>
    <table className={detail['table']}>
      <thead>
        <tr>
          <th scope="col">Workflow</th>
          <th scope="col">Stands</th>
          <th scope="col">Started by</th>
          <th scope="col">Owner</th>
          <th scope="col">Last run</th>
          <th scope="col" className={detail['num']}>
            Waiting
          </th>
          <th scope="col" className={detail['num']}>
            Failed
          </th>
          <th scope="col" className={detail['num']}>
            Held
          </th>
        </tr>
      </thead>
      <tbody>
        {of.map((each) => (
          <Row key={each.name} of={each} />
        ))}
      </tbody>
    </table>
  </div>
);

/** Those that ship and that nobody has saved under their name yet. */
const Shipped = ({
  of,
  saved,
  mayWrite,
}: {
  readonly of: WorkflowAids['shipped'];
  readonly saved: readonly string[];
  readonly mayWrite: boolean;
}) => {
  const left = of.filter(({ name }) => !saved.includes(name));
  if (left.length === 0) return null;
  return (
    <Section title="Ready to be used">
      <div className={detail['scrollX']} tabIndex={0} role="region" aria-label="Ready to be used">
        <table className={detail['table']}>
          <tbody>
            {left.map((each) => (
              <tr key={each.name}>
                <td className="quiet mono">{each.number}</td>
                <td>
                  <span className="strong">{each.title}</span>
                  <div className="quiet">{each.purpose}</div>
                </td>
                <td style={{ whiteSpace: 'nowrap' }}>
                  <Link to="/workflows/new" search={{ shipped: each.name }}>
                    {mayWrite ? 'Look at it and save it…' : 'Look at it…'}
                  </Link>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
};

export const WorkflowsPage = () => {
  const mayWrite = useMay('workflow:write');
  const aids = useQuery(workflowAidsQuery).data;
  return (
    <div className={detail['page']}>
      <PageTitle title={words.title} />
      <p className={`quiet ${styles['lead'] ?? ''}`}>{words.lead}</p>
      <div className={styles['bar']}>
        {mayWrite ? (
          <Button component={Link} to="/workflows/new">
            New workflow…
          </Button>
        ) : null}
        <span>
          <Link to="/workflow-runs">All runs</Link>
        </span>
      </div>
      <Loaded query={useQuery(workflowsQuery)} whole>
        {({ items, eventsWaitSince }) => (
          <>
            {eventsWaitSince === null ? null : (
              <p className="attention" role="status">
                Events since <At at={eventsWaitSince} /> wait: a transaction that began before is still open.
              </p>
            )}
            {items.length === 0 ? <p>{words.none}</p> : <Table of={items} />}
            {aids ? (
              <Shipped of={aids.shipped} saved={items.map(({ name }) => name)} mayWrite={mayWrite} />
            ) : null}
          </>
        )}
      </Loaded>
    </div>
  );
};
