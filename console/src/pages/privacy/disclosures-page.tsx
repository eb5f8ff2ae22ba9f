/** The accounting of disclosures: what left the agency, when, what for, to whom, by which authority. */
import { Button, NativeSelect, Table, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Disclosure, disclosuresQuery, recordDisclosure } from '../../api/work/privacy.ts';
import { ActionDialog } from '../../kit/act/action-dialog.tsx';
import { isComplete, LeavingFields, nobodyYet } from '../../kit/act/leaving.tsx';
import styles from '../../kit/detail/detail.module.css';
import { DetailHead } from '../../kit/detail/detail-head.tsx';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { useMay } from '../../shell/use-session.ts';
import { options } from './step-dialogs.tsx';
import { usePrivacyDone } from './use-privacy-done.ts';
import { natureWords } from './words.ts';

const heads = ['Day', 'What left', 'Recipient', 'Purpose', 'Authority', 'Whose record', 'Kept until'];

const Row = ({ of }: { readonly of: Disclosure }) => (
  <Table.Tr>
    <Table.Td>{of.at.slice(0, 10)}</Table.Td>
    <Table.Td>
      {of.what} <span className="quiet">{natureWords[of.nature]}</span>
    </Table.Td>
    <Table.Td>{[of.recipient, of.address].filter((each) => each !== null).join(', ')}</Table.Td>
    <Table.Td>{of.purpose}</Table.Td>
    <Table.Td>{of.authority}</Table.Td>
    <Table.Td>{of.subjects === null ? 'anybody’s: nobody looked' : of.subjects.join(', ')}</Table.Td>
    <Table.Td>{of.keepUntil}</Table.Td>
  </Table.Tr>
);

/** @param of names of a person, by commas; undefined: all. */
export const DisclosureTable = ({ of }: { readonly of?: string }) => (
  <Loaded query={useQuery(disclosuresQuery(of))}>
    {({ items, total }) =>
      items.length === 0 ? (
        <p>No disclosures on record.</p>
      ) : (
        <>
          <Table aria-label="Disclosures">
            <Table.Thead>
              <Table.Tr>
                {heads.map((head) => (
                  <Table.Th key={head}>{head}</Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {items.map((each) => (
                <Row key={each.id} of={each} />
              ))}
            </Table.Tbody>
          </Table>
          {total > items.length ? (
            <p>
              The latest {items.length} of {total}. All of them:{' '}
              <code>tieline privacy disclosures --limit 500</code>
            </p>
          ) : null}
        </>
      )
    }
  </Loaded>
);

const RecordDialog = ({ onClose }: { readonly onClose: () => void }) => {
  const [nature, setNature] = useState<Disclosure['nature']>('other');
  const [what, setWhat] = useState('');
  const [subjects, setSubjects] = useState('');
  const [leaving, setLeaving] = useState(nobodyYet);
  const done = usePrivacyDone();
  const { address, ...needed } = leaving;
  return (
    <ActionDialog
      title="Record a disclosure"
      verb="Record"
      incomplete={what.trim() === '' || !isComplete(leaving, false)}
      onClose={onClose}
      onRun={async () => {
        const persons = subjects
          .split(',')
          .map((each) => each.trim())
          .filter((each) => each !== '');
        await recordDisclosure({
          nature,
          what,
          ...needed,
          ...(address.trim() === '' ? {} : { address }),
          ...(persons.length === 0 ? {} : { subjects: persons }),
        });
        onClose();
        await done('The disclosure is on record for five years.');
      }}
    >
      <NativeSelect
        label="Nature"
        value={nature}
        onChange={(event) => setNature(event.currentTarget.value as Disclosure['nature'])} // one of the options
        data={options(natureWords)}
      />
      <TextInput
        mt="sm"
        label="What left"
        required
        data-autofocus
        value={what}
        onChange={(event) => setWhat(event.currentTarget.value)}
      />
      <LeavingFields value={leaving} set={setLeaving} needsAddress={false} />
      <TextInput
        mt="sm"
        label="Whose record (optional)"
        description="User ids or names, separated by commas. Leave it empty if nobody checked."
        value={subjects}
        onChange={(event) => setSubjects(event.currentTarget.value)}
      />
    </ActionDialog>
  );
};

export const DisclosuresPage = () => {
  const [open, setOpen] = useState(false);
  const mayWrite = useMay('privacy:write');
  return (
    <div className={styles['page']}>
      <DetailHead
        parent={{ to: '/privacy', title: 'Privacy' }}
        title="Accounting of disclosures"
        actions={mayWrite ? <Button onClick={() => setOpen(true)}>Record a disclosure…</Button> : null}
      />
      <DisclosureTable />
      {open ? <RecordDialog onClose={() => setOpen(false)} /> : null}
    </div>
  );
};
