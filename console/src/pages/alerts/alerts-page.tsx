/** What passed a threshold, the gravest first; rules and channels are a link away, the digest a dialog. */
import { Button, Checkbox, NativeSelect } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { type Digest, myDigestQuery, setMyDigest, stopMyDigest } from '../../api/work/alerts.ts';
import { ActionDialog } from '../../kit/act/action-dialog.tsx';
import { ListPage } from '../../kit/list/list-page.tsx';
import { tell } from '../../kit/notice.tsx';
import { alertList } from './alert-list.tsx';
import { words } from './words.ts';

const rhythms = [
  { value: 'none', label: 'No mail' },
  { value: 'weekdays', label: 'Monday to Friday' },
  { value: 'daily', label: 'Every day' },
  { value: 'weekly', label: 'On Mondays' },
];
const hoursOfDay = Array.from({ length: 24 }, (_, hour) => ({
  value: String(hour),
  label: `${String(hour).padStart(2, '0')}:00 UTC`,
}));

const DigestDialog = ({ of, onClose }: { readonly of: Digest | null; readonly onClose: () => void }) => {
  const queryClient = useQueryClient();
  const [rhythm, setRhythm] = useState<string>(of?.rhythm ?? 'none');
  const [hour, setHour] = useState(of?.hour ?? 12);
  const [namesRecords, setNamesRecords] = useState(of?.namesRecords ?? false);
  const isOn = rhythm !== 'none';
  return (
    <ActionDialog
      title="Mail of what waits for you"
      verb="Save"
      onClose={onClose}
      onRun={async () => {
        if (isOn) await setMyDigest({ rhythm: rhythm as Digest['rhythm'], hour, namesRecords }); // one of the options
        else await stopMyDigest();
        await queryClient.invalidateQueries({ queryKey: ['me', 'digest'] });
        tell(isOn ? 'You get a mail where something waits for you.' : 'You get no mail.');
        onClose();
      }}
    >
      <p>
        It says how much of each kind waits for you, and is not sent where nothing does.
        {of !== null && of.address === null
          ? ' Your account has no address yet: whoever manages accounts adds it.'
          : ''}
      </p>
      <NativeSelect
        mt="sm"
        label="When"
        data={rhythms}
        value={rhythm}
        onChange={(event) => setRhythm(event.currentTarget.value)}
      />
      {isOn ? (
        <>
          <NativeSelect
            mt="sm"
            label="At"
            data={hoursOfDay}
            value={String(hour)}
            onChange={(event) => setHour(Number(event.currentTarget.value))}
          />
          <Checkbox
            mt="sm"
            label="With titles of records, not counts alone"
            checked={namesRecords}
            onChange={(event) => setNamesRecords(event.currentTarget.checked)}
          />
        </>
      ) : null}
    </ActionDialog>
  );
};

const Tools = () => {
  const { data: digest } = useQuery(myDigestQuery);
  const [open, setOpen] = useState(false);
  return (
    <>
      <Link to="/setup/alerts">Rules and channels</Link>{' '}
      <Button variant="default" disabled={digest === undefined} onClick={() => setOpen(true)}>
        Mail me…
      </Button>
      {open ? <DigestDialog of={digest ?? null} onClose={() => setOpen(false)} /> : null}
    </>
  );
};

export const AlertsPage = () => <ListPage spec={alertList} title={words.title} tools={<Tools />} />;
