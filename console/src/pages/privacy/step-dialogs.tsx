/** The steps of a privacy request that ask for more than a word. */
import { Checkbox, NativeSelect, Textarea, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { type PrivacyRequest, startPrivacySearch, takePrivacyStep } from '../../api/work/privacy.ts';
import { ActionDialog } from '../../kit/act/action-dialog.tsx';
import { orNull } from '../../kit/or-null.ts';
import { usePrivacyDone } from './use-privacy-done.ts';
import { consentWords, identityWords, reasonWords, statusWords } from './words.ts';

interface Props {
  readonly of: PrivacyRequest;
  readonly onClose: () => void;
}

export const options = <Key extends string>(texts: Readonly<Record<Key, string>>) =>
  Object.entries<string>(texts).map(([value, label]) => ({ value, label }));

interface StepProps extends Props {
  readonly title: string;
  readonly verb: string;
  readonly incomplete?: boolean;
  readonly run: () => Promise<PrivacyRequest>;
  readonly children?: ReactNode;
}

/** One step: runs it, and says where the request is then. */
const Step = ({ of, onClose, run, children, ...head }: StepProps) => {
  const done = usePrivacyDone();
  return (
    <ActionDialog
      {...head}
      onClose={onClose}
      onRun={async () => {
        const now = await run();
        onClose();
        await done(`Privacy request ${of.id}: ${statusWords[now.status].toLowerCase()}.`);
      }}
    >
      {children}
    </ActionDialog>
  );
};

const text = (set: (value: string) => void) => ({
  onChange: ({ currentTarget: { value } }: { readonly currentTarget: { readonly value: string } }) =>
    set(value),
});

export const PlainDialog = ({
  of,
  onClose,
  step,
  title,
  verb,
}: Props & {
  readonly step: 'acknowledge' | 'ask-identity' | 'review' | 'close';
  readonly title: string;
  readonly verb: string;
}) => {
  const [note, setNote] = useState('');
  return (
    <Step
      of={of}
      onClose={onClose}
      title={title}
      verb={verb}
      run={() => takePrivacyStep(of.id, step, { note: orNull(note) })}
    >
      <Textarea label="Note (optional)" value={note} {...text(setNote)} autosize minRows={2} data-autofocus />
    </Step>
  );
};

export const IdentifyDialog = ({ of, onClose }: Props) => {
  const [how, setHow] = useState('smart_card');
  const [consent, setConsent] = useState('the_person');
  const [note, setNote] = useState('');
  return (
    <Step
      of={of}
      onClose={onClose}
      title="The identity is verified"
      verb="Record"
      run={() => takePrivacyStep(of.id, 'identify', { how, consent, note: orNull(note) })}
    >
      <NativeSelect label="How" value={how} {...text(setHow)} data={options(identityWords)} data-autofocus />
      <NativeSelect
        mt="sm"
        label="Consent"
        value={consent}
        {...text(setConsent)}
        data={options(consentWords)}
      />
      <Textarea
        mt="sm"
        label="Note (optional)"
        description="No copies of documents, no numbers of cards"
        value={note}
        {...text(setNote)}
      />
    </Step>
  );
};

export const SearchDialog = ({ of, onClose }: Props) => {
  const [terms, setTerms] = useState('');
  const run = async () =>
    (
      await startPrivacySearch(
        of.id,
        terms.split('\n').flatMap((term) => orNull(term) ?? []),
      )
    ).request;
  return (
    <Step of={of} onClose={onClose} title="Search for the person" verb="Search" run={run}>
      <p>
        Every table is searched for the user id, the email address and the name. A worker runs the search, and
        continues where it left off if it is interrupted.
      </p>
      <Textarea
        mt="sm"
        label="Search for these too (optional)"
        description="One per line: a former name, another address"
        value={terms}
        {...text(setTerms)}
        autosize
        minRows={2}
        data-autofocus
      />
    </Step>
  );
};

export const GrantDialog = ({ of, onClose }: Props) => {
  const [partly, setPartly] = useState(false);
  const [exemption, setExemption] = useState('another_person');
  const [reason, setReason] = useState('');
  const [appealTo, setAppealTo] = useState('');
  const incomplete = partly && (reason.trim() === '' || appealTo.trim() === '');
  return (
    <Step
      of={of}
      onClose={onClose}
      title="Grant the request"
      verb={partly ? 'Grant in part' : 'Grant'}
      incomplete={incomplete}
      run={() =>
        takePrivacyStep(
          of.id,
          'grant',
          partly ? { partly, exemption, reason, appealTo } : { partly, reason: orNull(reason) },
        )
      }
    >
      <Checkbox
        label="In part: some of it is withheld"
        checked={partly}
        onChange={(event) => setPartly(event.currentTarget.checked)}
      />
      {partly ? (
        <>
          <NativeSelect
            mt="sm"
            label="Reason code"
            value={exemption}
            {...text(setExemption)}
            data={options(reasonWords)}
          />
          <TextInput
            mt="sm"
            label="How to appeal"
            description="Who to write to, where, and by when"
            value={appealTo}
            {...text(setAppealTo)}
            required
          />
        </>
      ) : null}
      <Textarea
        mt="sm"
        label={partly ? 'What is withheld, and why' : 'Note (optional)'}
        value={reason}
        {...text(setReason)}
        required={partly}
      />
    </Step>
  );
};

export const RefuseDialog = ({ of, onClose }: Props) => {
  const [exemption, setExemption] = useState('record_is_accurate');
  const [reason, setReason] = useState('');
  const [appealTo, setAppealTo] = useState('');
  return (
    <Step
      of={of}
      onClose={onClose}
      title="Refuse the request"
      verb="Refuse"
      incomplete={reason.trim() === '' || appealTo.trim() === ''}
      run={() => takePrivacyStep(of.id, 'refuse', { exemption, reason, appealTo })}
    >
      <NativeSelect
        label="Reason code"
        value={exemption}
        {...text(setExemption)}
        data={options(reasonWords)}
        data-autofocus
      />
      <Textarea mt="sm" label="Why, for the person" value={reason} {...text(setReason)} required />
      <TextInput
        mt="sm"
        label="How to appeal"
        description="Who to write to, where, and by when"
        value={appealTo}
        {...text(setAppealTo)}
        required
      />
    </Step>
  );
};

export const AppealDialog = ({ of, onClose }: Props) => {
  const [grounds, setGrounds] = useState('');
  return (
    <Step
      of={of}
      onClose={onClose}
      title="The person appeals"
      verb="Record the appeal"
      incomplete={grounds.trim() === ''}
      run={() => takePrivacyStep(of.id, 'appeal', { grounds })}
    >
      <p>The appeal must be decided within 30 federal working days.</p>
      <Textarea
        mt="sm"
        label="Grounds of the appeal"
        value={grounds}
        {...text(setGrounds)}
        required
        data-autofocus
      />
    </Step>
  );
};

const entities = { poam: 'POA&M', asset: 'Asset', system: 'System' };

export const DisagreeDialog = ({ of, onClose }: Props) => {
  const [statement, setStatement] = useState('');
  const [entity, setEntity] = useState('poam');
  const [id, setId] = useState('');
  return (
    <Step
      of={of}
      onClose={onClose}
      title="File the statement of disagreement"
      verb="File"
      incomplete={statement.trim() === '' || id.trim() === ''}
      run={() => takePrivacyStep(of.id, 'disagree', { statement, records: [{ entity, id: id.trim() }] })}
    >
      <Textarea
        label="Statement of the person"
        value={statement}
        {...text(setStatement)}
        required
        autosize
        minRows={3}
        data-autofocus
      />
      <NativeSelect
        mt="sm"
        label="Kept with a"
        value={entity}
        {...text(setEntity)}
        data={options(entities)}
      />
      <TextInput mt="sm" label="Which" description="Its id" value={id} {...text(setId)} required />
    </Step>
  );
};

const amendableEntities = {
  poam: 'POA&M',
  milestone: 'Milestone',
  asset_context: 'Asset',
  system: 'System',
  control: 'Control',
};

export const AmendDialog = ({ of, onClose }: Props) => {
  const [entity, setEntity] = useState('poam');
  const [id, setId] = useState('');
  const [field, setField] = useState('');
  const [value, setValue] = useState('');
  return (
    <Step
      of={of}
      onClose={onClose}
      title="Correct a record"
      verb="Correct"
      incomplete={id.trim() === '' || field.trim() === ''}
      run={() =>
        takePrivacyStep(of.id, 'amend', {
          entity,
          recordId: id.trim(),
          changes: { [field.trim()]: orNull(value) },
        })
      }
    >
      <p>
        The next sync sends it to the system that owns the field. The previous value stays in the journal.
      </p>
      <NativeSelect
        mt="sm"
        label="Record"
        value={entity}
        {...text(setEntity)}
        data={options(amendableEntities)}
        data-autofocus
      />
      <TextInput mt="sm" label="Which" description="Its id" value={id} {...text(setId)} required />
      <TextInput
        mt="sm"
        label="Field"
        description="As its history names it"
        value={field}
        {...text(setField)}
        required
      />
      <TextInput
        mt="sm"
        label="Corrected value"
        description="Empty: the field is emptied"
        value={value}
        {...text(setValue)}
      />
    </Step>
  );
};

export const AnnotateDialog = ({ of, onClose }: Props) => {
  const [table, setTable] = useState('sync_changes');
  const [row, setRow] = useState('');
  const [note, setNote] = useState('');
  return (
    <Step
      of={of}
      onClose={onClose}
      title="Annotate the journal or a log"
      verb="Annotate"
      incomplete={row.trim() === '' || note.trim() === '' || table.trim() === ''}
      run={() => takePrivacyStep(of.id, 'annotate', { table: table.trim(), recordId: row.trim(), note })}
    >
      <p>The journal and the logs are never changed. The correction is shown next to the entry.</p>
      <TextInput mt="sm" label="Table" value={table} {...text(setTable)} required />
      <TextInput
        mt="sm"
        label="Entry"
        description="Its id"
        value={row}
        {...text(setRow)}
        required
        data-autofocus
      />
      <Textarea mt="sm" label="What is correct" value={note} {...text(setNote)} required />
    </Step>
  );
};
