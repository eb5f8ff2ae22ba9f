/** What people do to a deviation that is there: take it back, add a file, say that the vendor was asked. */
import { Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import {
  addEvidence,
  checkInVendor,
  type DeviationDetail,
  keepEvidence,
  revokeDeviation,
  withdrawDeviation,
} from '../../api/decisions/deviations.ts';
import { ActionDialog } from '../../kit/act/action-dialog.tsx';
import { useToday } from '../../kit/now.ts';
import { useDone } from '../../kit/act/use-done.ts';
import { useMay } from '../../shell/use-session.ts';
import { FilePick } from '../../kit/act/file-pick.tsx';
import { kindTitles } from './words.ts';

interface Props {
  readonly of: DeviationDetail;
  readonly onClose: () => void;
}

export const Withdraw = ({ of, onClose }: Props) => {
  const mayGrant = useMay('deviation:approve');
  const done = useDone(onClose);
  return (
    <ActionDialog
      title="Withdraw"
      reason="required"
      onClose={onClose}
      onRun={async (reason) => {
        await (mayGrant ? revokeDeviation : withdrawDeviation)(of.id, reason ?? '');
        await done(`${kindTitles[of.kind]} ${of.id} is withdrawn. The next sync ends it on both sides.`);
      }}
    >
      <p>
        {of.state === 'approved'
          ? 'It ends here at once, and with the next sync at the scanner and in the GRC system. It cannot be brought back: to have it again, ask for a new one.'
          : 'Nobody is asked any more.'}
      </p>
    </ActionDialog>
  );
};

export const Attach = ({ of, onClose }: Props) => {
  const [file, setFile] = useState<File>();
  const done = useDone(onClose);
  return (
    <ActionDialog
      title="Add evidence"
      verb="Add"
      incomplete={file === undefined}
      onClose={onClose}
      onRun={async () => {
        if (file === undefined) return;
        await addEvidence(of.id, await keepEvidence(file, new AbortController().signal));
        await done(`${file.name} is kept as evidence.`);
      }}
    >
      <FilePick label="File" onPick={([picked]) => setFile(picked)} />
    </ActionDialog>
  );
};

export const CheckIn = ({ of, onClose }: Props) => {
  const today = useToday();
  const [on, setOn] = useState(today);
  const [note, setNote] = useState('');
  const done = useDone(onClose);
  return (
    <ActionDialog
      title="The vendor was asked"
      verb="Record"
      incomplete={on === '' || note.trim() === ''}
      onClose={onClose}
      onRun={async () => {
        await checkInVendor(of.id, on, note.trim());
        await done('Recorded.');
      }}
    >
      <TextInput
        type="date"
        label="When"
        value={on}
        onChange={(event) => setOn(event.currentTarget.value)}
        required
      />
      <Textarea
        mt="sm"
        label="What they said"
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
        maxLength={2000}
        required
        autosize
        minRows={2}
      />
    </ActionDialog>
  );
};
