/** One workflow: how it stands and why, what it does, its versions; and what a person may do with it. */
import { Button, NativeSelect, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { changeWorkflow, startRuns, type WorkflowDetail, workflowQuery } from '../../api/workflows.ts';
import { ActionDialog } from '../../kit/act/action-dialog.tsx';
import detail from '../../kit/detail/detail.module.css';
import { DetailHead } from '../../kit/detail/detail-head.tsx';
import { Facts, Prose, Section } from '../../kit/detail/facts.tsx';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { At } from '../../kit/marks/when.tsx';
import { useDone } from '../../kit/act/use-done.ts';
import { useMay } from '../../shell/use-session.ts';
import { ReplayPart } from './replay-part.tsx';
import { modeWords, standing, triggerWords, words } from './words.ts';
import styles from './workflows.module.css';

type Doing = 'approve' | 'reject' | 'mode' | 'owner' | 'resume' | 'release' | 'run' | 'remove';

const ModeDialog = ({ of, onClose }: { readonly of: WorkflowDetail; readonly onClose: () => void }) => {
  const [mode, setMode] = useState(of.mode === 'off' ? 'simulate' : of.mode);
  const done = useDone(onClose);
  return (
    <ActionDialog
      title={`Switch ${of.title}`}
      verb="Switch"
      reason="optional"
      onClose={onClose}
      onRun={async (reason) => {
        await changeWorkflow(of.name, 'mode', { mode, ...(reason === undefined ? {} : { reason }) });
        await done(`It is ${modeWords[mode]} now.`);
      }}
    >
      <NativeSelect
        label="Mode"
        value={mode}
        onChange={(event) => setMode(event.currentTarget.value as typeof mode)} // one of the options
        data={[
          { value: 'off', label: 'Off: nothing starts and nothing continues' },
          { value: 'simulate', label: 'Simulate: runs say what they would do, and change nothing' },
          { value: 'live', label: 'Live' },
        ]}
      />
    </ActionDialog>
  );
};

const RunDialog = ({ of, onClose }: { readonly of: WorkflowDetail; readonly onClose: () => void }) => {
  const [ids, setIds] = useState('');
  const done = useDone(onClose);
  const records = ids.split(/[\s,]+/).filter((id) => id !== '');
  return (
    <ActionDialog
      title={`Run ${of.title}`}
      verb="Start"
      incomplete={records.length === 0}
      onClose={onClose}
      onRun={async () => {
        const { started, held, left } = await startRuns(of.name, records);
        await done(
          `${started} started, ${held} held by the limit; of ${left.length} the condition is not true.`,
        );
      }}
    >
      <Textarea
        label={`Ids of records (${of.recordKind}), one a line`}
        value={ids}
        onChange={(event) => setIds(event.currentTarget.value)}
        minRows={3}
        autosize
      />
    </ActionDialog>
  );
};

/** What is done at once, with what it means. */
const plainActs: Readonly<
  Record<
    'owner' | 'resume' | 'release' | 'remove',
    { title: string; verb: string; means: string; told: string }
  >
> = {
  owner: {
    title: 'Take it over',
    verb: 'Take it over',
    means: 'From now on it runs by your rights: what you may not do, it does not do.',
    told: 'It runs by your rights now.',
  },
  resume: {
    title: 'Let it continue',
    verb: 'Continue',
    means: 'Runs that halted continue at the step at which they stopped.',
    told: 'It continues.',
  },
  release: {
    title: 'Release what is held',
    verb: 'Release',
    means: 'Runs that wait because the limit of records was reached run now.',
    told: 'They run now.',
  },
  remove: {
    title: 'Remove it',
    verb: 'Remove',
    means: 'Its open runs are cancelled. What they did stays, and stays to be read.',
    told: 'It was removed.',
  },
};

const PlainDialog = ({
  of,
  act,
  onClose,
}: {
  readonly of: WorkflowDetail;
  readonly act: keyof typeof plainActs;
  readonly onClose: () => void;
}) => {
  const done = useDone(onClose);
  const { title, verb, means, told } = plainActs[act];
  const asks = act === 'resume' || act === 'remove';
  return (
    <ActionDialog
      title={title}
      verb={verb}
      {...(asks ? { reason: 'optional' as const } : {})}
      onClose={onClose}
      onRun={async (reason) => {
        await changeWorkflow(of.name, act, asks && reason !== undefined ? { reason } : asks ? {} : undefined);
        await done(told);
      }}
    >
      <p>{means}</p>
    </ActionDialog>
  );
};

const waitingOf = (of: WorkflowDetail): number | undefined =>
  of.versions.find(({ state }) => state === 'waiting')?.version;

const DecideDialog = ({
  of,
  approved,
  onClose,
}: {
  readonly of: WorkflowDetail;
  readonly approved: boolean;
  readonly onClose: () => void;
}) => {
  const done = useDone(onClose);
  const waiting = of.versions.find(({ state }) => state === 'waiting');
  return (
    <ActionDialog
      title={`${approved ? 'Approve' : 'Reject'} version ${waiting?.version ?? ''}`}
      verb={approved ? 'Approve' : 'Reject'}
      reason={approved ? 'optional' : 'required'}
      onClose={onClose}
      onRun={async (note) => {
        const body = { version: waiting?.version, approved, ...(note === undefined ? {} : { note }) };
        await changeWorkflow(of.name, 'decide', body);
        await done(approved ? 'Approved: this version runs from now on.' : 'Rejected; what ran, runs on.');
      }}
    >
      <p>
        Saved by {waiting?.savedBy}.{' '}
        {approved ? 'Runs that have begun follow the version that they began with.' : null}
      </p>
    </ActionDialog>
  );
};

const Dialog = ({
  of,
  doing,
  onClose,
}: {
  readonly of: WorkflowDetail;
  readonly doing: Doing;
  readonly onClose: () => void;
}) => {
  if (doing === 'mode') return <ModeDialog of={of} onClose={onClose} />;
  if (doing === 'run') return <RunDialog of={of} onClose={onClose} />;
  if (doing === 'approve' || doing === 'reject')
    return <DecideDialog of={of} approved={doing === 'approve'} onClose={onClose} />;
  return <PlainDialog of={of} act={doing} onClose={onClose} />;
};

const Actions = ({ of }: { readonly of: WorkflowDetail }) => {
  const [doing, setDoing] = useState<Doing>();
  const [mayWrite, mayRun] = [useMay('workflow:write'), useMay('workflow:run')];
  const waiting = waitingOf(of);
  // What is approved has been read: the buttons are where that version is shown.
  const isShown = waiting !== undefined && waiting === of.shownVersion;
  const held = of.runs.held ?? 0;
  const offered: readonly (readonly [Doing, string, boolean])[] = [
    ['approve', 'Approve…', mayWrite && isShown],
    ['reject', 'Reject…', mayWrite && isShown],
    ['resume', 'Let it continue…', mayWrite && of.stopped !== null],
    ['release', `Release ${held} held…`, mayWrite && held > 0],
    ['mode', 'Mode…', mayWrite && of.approvedVersion !== null],
    ['run', 'Run…', mayRun && of.approvedVersion !== null && of.mode !== 'off'],
    ['owner', 'Take over…', mayWrite],
    ['remove', 'Remove…', mayWrite],
  ];
  return (
    <>
      {waiting === undefined || isShown ? null : (
        <Button
          component={Link}
          to={`/workflows/${encodeURIComponent(of.name)}`}
          search={{ version: String(waiting) }}
        >
          Read version {waiting}, which waits…
        </Button>
      )}
      {offered
        .filter(([, , isThere]) => isThere)
        .map(([act, title], at) => (
          <Button key={act} variant={at === 0 ? 'filled' : 'default'} onClick={() => setDoing(act)}>
            {title}
          </Button>
        ))}
      {mayWrite ? (
        <Button component={Link} to={`/workflows/${encodeURIComponent(of.name)}/edit`} variant="default">
          Edit…
        </Button>
      ) : null}
      {doing === undefined ? null : <Dialog of={of} doing={doing} onClose={() => setDoing(undefined)} />}
    </>
  );
};

const Versions = ({ of: { name, shownVersion, versions } }: { readonly of: WorkflowDetail }) => (
  <Section title="Versions">
    <div className={detail['scrollX']} tabIndex={0} role="region" aria-label="Versions">
      <table className={detail['table']}>
        <thead>
          <tr>
            <th scope="col">Version</th>
            <th scope="col">Stands</th>
            <th scope="col">Saved</th>
            <th scope="col">Decided</th>
            <th scope="col">Note</th>
          </tr>
        </thead>
        <tbody>
          {versions.map((each) => (
            <tr key={each.version}>
              <td>
                {each.version === shownVersion ? (
                  <span aria-current="true">{each.version}, shown</span>
                ) : (
                  <Link to="/workflows/$name" params={{ name }} search={{ version: String(each.version) }}>
                    {each.version}
                  </Link>
                )}
              </td>
              <td>{each.state === 'waiting' ? 'waits for another person' : each.state}</td>
              <td>
                <At at={each.savedAt} /> by {each.savedBy}
              </td>
              <td>
                {each.decidedAt === null ? (
                  <span className="quiet">not yet</span>
                ) : (
                  <>
                    <At at={each.decidedAt} /> by {each.decidedBy}
                  </>
                )}
              </td>
              <td>{each.decisionNote ?? each.note}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  </Section>
);

const Body = ({ of }: { readonly of: WorkflowDetail }) => (
  <div className={detail['page']}>
    <DetailHead
      parent={{ to: '/workflows', title: words.title }}
      title={of.title}
      marks={
        <>
          <span className="quiet mono">{of.name}</span>
          <span className={of.stopped ? 'bad' : of.mode === 'live' ? 'good' : ''}>{standing(of)}</span>
        </>
      }
      actions={<Actions of={of} />}
    />
    {of.stopped ? (
      <p className="attention" role="status">
        It stopped by itself on <At at={of.stopped.at} />: {of.stopped.why}.
      </p>
    ) : null}
    <Prose text={of.purpose} />
    <Facts
      of={[
        ['Started by', triggerWords(of)],
        ['About a', of.recordKind],
        ['Runs by the rights of', of.owner],
        ['Asks beyond', `${of.limit.toLocaleString('en')} records in 24 hours`],
        ['Next run', of.nextRunAt === null ? null : <At key="next" at={of.nextRunAt} />],
        [
          'Runs',
          <Link key="runs" to="/workflow-runs" search={{ workflow: of.name }}>
            {Object.values(of.runs)
              .reduce((sum, n) => sum + n, 0)
              .toLocaleString('en')}
          </Link>,
        ],
      ]}
    />
    <Section title={`As it is written, version ${of.shownVersion}`}>
      <pre className={styles['source']} tabIndex={0} aria-label="The workflow as YAML">
        {of.source}
      </pre>
    </Section>
    <ReplayPart key={of.shownVersion} source={of.source} />
    <Versions of={of} />
  </div>
);

export const WorkflowPage = () => {
  const { name = '' } = useParams({ strict: false });
  const { version } = useSearch({ strict: false });
  return (
    <Loaded query={useQuery(workflowQuery(name, version === undefined ? undefined : Number(version)))} whole>
      {(of) => <Body of={of} />}
    </Loaded>
  );
};
