/** One run: what it is about, where it is, and what each step did or would have done. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { moveRun, type WorkflowRunDetail, workflowRunQuery } from '../../api/workflows.ts';
import { ActionDialog } from '../../kit/act/action-dialog.tsx';
import detail from '../../kit/detail/detail.module.css';
import { DetailHead } from '../../kit/detail/detail-head.tsx';
import { Drawer } from '../../kit/detail/drawer.tsx';
import { Facts, Section } from '../../kit/detail/facts.tsx';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { At } from '../../kit/marks/when.tsx';
import { RecordLink } from '../../kit/record-link.tsx';
import { useDone } from '../../kit/act/use-done.ts';
import { useMay } from '../../shell/use-session.ts';
import { AboutRecord } from './about-record.tsx';
import { isGrave, outcomeWords, stateWords, words } from './words.ts';

const isOver = (state: WorkflowRunDetail['state']): boolean =>
  ['completed', 'ended', 'cancelled'].includes(state);

/** Reasons whose sentence says who it was. */
const namesPerson: ReadonlySet<string> = new Set(['by_person', 'started']);

const shown = (value: unknown): string =>
  value === null || value === undefined
    ? 'nothing'
    : typeof value === 'string'
      ? value
      : JSON.stringify(value);

const Actions = ({ of }: { readonly of: WorkflowRunDetail }) => {
  const [verb, setVerb] = useState<'cancel' | 'retry'>();
  const done = useDone(() => setVerb(undefined));
  return (
    <>
      {of.state === 'failed' ? <Button onClick={() => setVerb('retry')}>Try again…</Button> : null}
      {isOver(of.state) ? null : (
        <Button variant="default" onClick={() => setVerb('cancel')}>
          Cancel…
        </Button>
      )}
      {verb === undefined ? null : (
        <ActionDialog
          title={verb === 'retry' ? 'Try its step again' : 'End this run'}
          verb={verb === 'retry' ? 'Try again' : 'End it'}
          onClose={() => setVerb(undefined)}
          onRun={async () => {
            await moveRun(of.runId, verb);
            await done(verb === 'retry' ? 'It tries again.' : 'It was ended.');
          }}
        >
          <p>
            {verb === 'retry' ? 'It continues with the step that failed.' : 'What its steps did stays done.'}
          </p>
        </ActionDialog>
      )}
    </>
  );
};

const Trace = ({ of }: { readonly of: WorkflowRunDetail['trace'] }) => (
  <Section title="Trace">
    <div className={detail['scrollX']} tabIndex={0} role="region" aria-label="Trace, to scroll">
      <table className={detail['table']}>
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">Step</th>
            <th scope="col">Outcome</th>
            <th scope="col">Why</th>
          </tr>
        </thead>
        <tbody>
          {of.map((row) => (
            <tr key={row.number}>
              <td style={{ whiteSpace: 'nowrap' }}>
                <At at={row.at} />
              </td>
              <td className="mono">{row.stepId ?? <span className="quiet">the run</span>}</td>
              <td className={row.outcome === 'failed' || row.outcome === 'refused' ? 'bad' : ''}>
                {outcomeWords(row.outcome)}
              </td>
              <td>
                {row.why}
                {row.by === null || namesPerson.has(row.code) ? null : (
                  <span className="quiet"> by {row.by}</span>
                )}
                {row.changes.map((change) => (
                  <div key={`${change.entity} ${change.id} ${change.field ?? ''}`} className="quiet">
                    {change.entity} {change.id.length > 30 ? change.id.slice(0, 8) : change.id}
                    {change.field === null ? '' : ` ${change.field.replaceAll('_', ' ')}`}:{' '}
                    {shown(change.before)} → {shown(change.after)}
                  </div>
                ))}
                {row.operationId === null ? null : (
                  <div>
                    <RecordLink kind="operation" id={row.operationId}>
                      its operation
                    </RecordLink>
                  </div>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  </Section>
);

const Body = ({ of }: { readonly of: WorkflowRunDetail }) => {
  const mayRun = useMay('workflow:run');
  return (
    <div className={detail['page']}>
      <DetailHead
        parent={{ to: '/workflow-runs', title: words.runs }}
        title={of.title}
        marks={
          <>
            <span className={isGrave(of.state) ? 'bad' : ''}>{stateWords[of.state]}</span>
            {of.mode === 'simulate' ? <span className="quiet">simulated: nothing was changed</span> : null}
          </>
        }
        actions={mayRun ? <Actions of={of} /> : null}
      />
      {of.problem === null ? null : (
        <p className="attention" role="status">
          {of.problem}
        </p>
      )}
      <Facts
        columns={1}
        of={[
          ['About', <AboutRecord key="about" of={of} />],
          ['Boundary', of.systemId],
          [
            'Workflow',
            <Link key="of" to="/workflows/$name" params={{ name: of.workflow }}>
              {of.workflow}, version {of.version}
            </Link>,
          ],
          [
            'Started',
            <span key="started">
              <At at={of.startedAt} /> by {of.startedBy ?? of.trigger}
            </span>,
          ],
          ['Ended', of.endedAt === null ? null : <At key="ended" at={of.endedAt} />],
          ['Step', of.step],
          ['Looks again', of.wakeAt === null ? null : <At key="wake" at={of.wakeAt} />],
        ]}
      />
      <Trace of={of.trace} />
    </div>
  );
};

export const WorkflowRunPage = () => {
  const { runId = '' } = useParams({ strict: false });
  const { from } = useSearch({ strict: false });
  const body = (
    <Loaded query={useQuery(workflowRunQuery(runId))} whole>
      {(run) => <Body of={run} />}
    </Loaded>
  );
  return from === 'list' ? (
    <Drawer title={words.runs} list="/workflow-runs">
      {body}
    </Drawer>
  ) : (
    body
  );
};
