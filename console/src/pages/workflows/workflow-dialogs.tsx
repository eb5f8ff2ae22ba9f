/** What a person does to a workflow, one dialog each. */
import { NativeSelect, Textarea } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { changeWorkflow, startRuns, type WorkflowDetail } from '../../api/workflows.ts';
import { ActionDialog } from '../../kit/act/action-dialog.tsx';
import { useDone } from '../../kit/act/use-done.ts';
import { tell } from '../../kit/notice.tsx';
import { modeWords } from './words.ts';

export type Doing = 'approve' | 'reject' | 'mode' | 'owner' | 'resume' | 'release' | 'run' | 'remove';

/** A version as its page showed it when the dialog opened: what was read is what is decided about. */
export type ShownVersion = WorkflowDetail['versions'][number];

interface DialogProps {
  readonly of: WorkflowDetail;
  readonly onClose: () => void;
}

const ModeDialog = ({ of, onClose }: DialogProps) => {
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

const RunDialog = ({ of, onClose }: DialogProps) => {
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
  Record<'owner' | 'resume' | 'release', { title: string; verb: string; means: string; told: string }>
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
};

const PlainDialog = ({ of, act, onClose }: DialogProps & { readonly act: keyof typeof plainActs }) => {
  const done = useDone(onClose);
  const { title, verb, means, told } = plainActs[act];
  const asks = act === 'resume';
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

const RemoveDialog = ({ of, onClose }: DialogProps) => {
  const router = useRouter();
  const queryClient = useQueryClient();
  return (
    <ActionDialog
      title={`Remove ${of.title}`}
      verb="Remove"
      reason="optional"
      onClose={onClose}
      onRun={async (reason) => {
        await changeWorkflow(of.name, 'remove', reason === undefined ? {} : { reason });
        tell(`${of.title} was removed.`);
        // Away from its page first: asked for again, it would only be missing.
        await router.navigate({ to: '/workflows' });
        queryClient.removeQueries({ queryKey: ['workflows', of.name] });
        await queryClient.invalidateQueries();
      }}
    >
      <p>Its open runs are cancelled. What they did stays, and stays to be read.</p>
    </ActionDialog>
  );
};

const DecideDialog = ({
  of,
  version,
  approved,
  onClose,
}: DialogProps & { readonly version: ShownVersion; readonly approved: boolean }) => {
  const done = useDone(onClose);
  const [{ version: number, savedBy }] = useState(version);
  return (
    <ActionDialog
      title={`${approved ? 'Approve' : 'Reject'} version ${number}`}
      verb={approved ? 'Approve' : 'Reject'}
      reason={approved ? 'optional' : 'required'}
      onClose={onClose}
      onRun={async (note) => {
        const body = { version: number, approved, ...(note === undefined ? {} : { note }) };
        await changeWorkflow(of.name, 'decide', body);
        await done(
          approved
            ? 'Approved: this version runs from now on.'
            : of.approvedVersion === null
              ? 'Rejected: it does not run.'
              : `Rejected: version ${of.approvedVersion} continues to run.`,
        );
      }}
    >
      <p>
        Saved by {savedBy}.{' '}
        {approved ? 'Runs that have begun follow the version that they began with.' : null}
      </p>
    </ActionDialog>
  );
};

export const WorkflowDialog = ({
  of,
  shown,
  doing,
  onClose,
}: DialogProps & { readonly shown: ShownVersion | undefined; readonly doing: Doing }) => {
  switch (doing) {
    case 'mode':
      return <ModeDialog of={of} onClose={onClose} />;
    case 'run':
      return <RunDialog of={of} onClose={onClose} />;
    case 'remove':
      return <RemoveDialog of={of} onClose={onClose} />;
    case 'approve':
    case 'reject':
      return shown ? (
        <DecideDialog of={of} version={shown} approved={doing === 'approve'} onClose={onClose} />
      ) : null;
    case 'owner':
    case 'resume':
    case 'release':
      return <PlainDialog of={of} act={doing} onClose={onClose} />;
  }
};
