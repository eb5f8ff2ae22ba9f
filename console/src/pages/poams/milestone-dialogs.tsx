/** One milestone: added, moved to another day, completed. What was typed stays when the server refuses. */
import { Radio, Textarea, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import {
  addMilestone,
  editMilestone,
  fitMilestones,
  type MilestoneView,
  type PoamDetail,
  poamKey,
} from '../../api/poams.ts';
import { ActionDialog } from '../../kit/act/action-dialog.tsx';
import { useNow } from '../../kit/now.ts';
import { tell } from '../../kit/notice.tsx';
import { dayOf } from '../../kit/time.ts';

/** Renews what shows the milestones of a POA&M. */
function useRefresh(poamId: string): () => Promise<void> {
  const queryClient = useQueryClient();
  return async () => {
    await queryClient.invalidateQueries({ queryKey: poamKey(poamId) });
    for (const noun of ['milestones', 'poams'])
      await queryClient.invalidateQueries({ queryKey: ['list', noun] });
  };
}

/** Where a new milestone goes, and where it does not get to: said before it is added. */
const Targets = ({ of }: { readonly of: PoamDetail }) =>
  of.milestoneTargets.length === 0 ? (
    <p className="quiet" style={{ marginTop: 8 }}>
      No connection has this POA&M yet: the milestone goes along when it is sent.
    </p>
  ) : (
    <>
      {of.milestoneTargets.map(({ connection, whyNot, needsApproval }) => (
        <p key={connection} className={whyNot === null ? 'quiet' : 'attention'} style={{ marginTop: 8 }}>
          {whyNot === null
            ? `The next sync sends it to ${connection}${needsApproval ? ', once it is approved' : ''}.`
            : `${whyNot}. The milestone is kept here; add it there by hand.`}
        </p>
      ))}
    </>
  );

const DayInput = ({
  label,
  value,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (day: string) => void;
}) => (
  <TextInput
    type="date"
    mt="sm"
    label={label}
    value={value}
    onChange={(event) => onChange(event.currentTarget.value)}
    required
  />
);

interface Closes {
  readonly onClose: () => void;
}

export const AddMilestone = ({ of, onClose }: { readonly of: PoamDetail } & Closes) => {
  const { poamId } = of.poam;
  const [description, setDescription] = useState('');
  const [due, setDue] = useState('');
  const refresh = useRefresh(poamId);
  return (
    <ActionDialog
      title="Add a milestone"
      verb="Add"
      reason="optional"
      incomplete={description.trim() === '' || due === ''}
      onClose={onClose}
      onRun={async (reason) => {
        await addMilestone(poamId, {
          description: description.trim(),
          due,
          ...(reason === undefined ? {} : { reason }),
        });
        tell(`${poamId} has a milestone for ${due}.`);
        onClose();
        await refresh();
      }}
    >
      <Textarea
        label="Milestone"
        value={description}
        onChange={(event) => setDescription(event.currentTarget.value)}
        maxLength={2000}
        required
        autosize
        minRows={2}
        data-autofocus
      />
      <DayInput label="Planned for" value={due} onChange={setDue} />
      <Targets of={of} />
    </ActionDialog>
  );
};

/** Somebody else changed it while the dialog was open: what it was, what it is, beside what is typed. */
const Changed = ({ from, to }: { readonly from: string; readonly to: string }) =>
  from === to ? null : (
    <p className="attention" role="status" style={{ marginTop: 8 }}>
      It was {from} when you opened this; it is {to} now.
    </p>
  );

const planned = ({ due, status }: MilestoneView): string =>
  `${due === null ? 'without a date' : `planned for ${due}`} and ${status ?? 'without a status'}`;

export const MoveMilestone = ({ of, onClose }: { readonly of: MilestoneView } & Closes) => {
  const [opened] = useState(of);
  const [day, setDay] = useState(of.due ?? '');
  const refresh = useRefresh(of.poamId);
  return (
    <ActionDialog
      title={`Move: ${of.description ?? of.id}`}
      verb="Move"
      reason={of.due === null ? 'optional' : 'required'}
      incomplete={day === '' || day === of.due}
      onClose={onClose}
      onRun={async (reason) => {
        const changes = { scheduled_completion: day };
        await editMilestone(of.id, { changes, ...(reason === undefined ? {} : { reason }) }, of.version);
        tell(`The milestone is planned for ${day}. The next sync sends it.`);
        onClose();
        await refresh();
      }}
    >
      <DayInput label="Planned for" value={day} onChange={setDay} />
      <Changed from={planned(opened)} to={planned(of)} />
    </ActionDialog>
  );
};

/** Milestones that lie after the promised day, moved within it. */
export const FitMilestones = ({ poamId, onClose }: { readonly poamId: string } & Closes) => {
  const [how, setHow] = useState<'proportion' | 'date'>('proportion');
  const refresh = useRefresh(poamId);
  return (
    <ActionDialog
      title="Move milestones within the promised day"
      verb="Move"
      reason="required"
      onClose={onClose}
      onRun={async (reason) => {
        const { moved, promised } = await fitMilestones(poamId, { how, reason: reason ?? '' });
        tell(
          `${moved.length} ${moved.length === 1 ? 'milestone was' : 'milestones were'} moved within ${promised}. The next sync sends them.`,
        );
        onClose();
        await refresh();
      }}
    >
      <Radio.Group
        label="Where to"
        value={how}
        onChange={(value) => setHow(value === 'date' ? 'date' : 'proportion')}
      >
        <Radio
          mt="xs"
          value="proportion"
          label="In proportion: the last one to the promised day, the others between"
        />
        <Radio mt="xs" value="date" label="All to the promised day" />
      </Radio.Group>
    </ActionDialog>
  );
};

export const CompleteMilestone = ({ of, onClose }: { readonly of: MilestoneView } & Closes) => {
  const now = useNow();
  const [opened] = useState(of);
  const [day, setDay] = useState(() => dayOf(new Date(now).toISOString()));
  const refresh = useRefresh(of.poamId);
  return (
    <ActionDialog
      title={`Complete: ${of.description ?? of.id}`}
      verb="Complete"
      reason="optional"
      incomplete={day === ''}
      onClose={onClose}
      onRun={async (reason) => {
        const changes = { status: 'Completed', actual_completion: day };
        await editMilestone(of.id, { changes, ...(reason === undefined ? {} : { reason }) }, of.version);
        tell(`The milestone was completed on ${day}. The next sync sends it.`);
        onClose();
        await refresh();
      }}
    >
      <DayInput label="Completed on" value={day} onChange={setDay} />
      <Changed from={planned(opened)} to={planned(of)} />
    </ActionDialog>
  );
};
