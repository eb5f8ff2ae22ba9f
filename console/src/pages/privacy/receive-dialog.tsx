/** Receives a privacy request. */
import { NativeSelect, Textarea, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { type PrivacyRow, receivePrivacyRequest } from '../../api/work/privacy.ts';
import { ActionDialog } from '../../kit/act/action-dialog.tsx';
import { recordPath } from '../../kit/record-link.tsx';
import { orNull } from '../../kit/or-null.ts';
import { usePrivacyDone } from './use-privacy-done.ts';
import { typeWords } from './words.ts';

/** Those of the Privacy Act; erasure and portability are received on the command line where the installation allows them. */
const offered = ['access', 'amendment', 'accounting_of_disclosures', 'statement_of_disagreement'] as const;

const today = (): string => new Date().toISOString().slice(0, 10);
const empty = { subjectId: '', name: '', mail: '', replyTo: '', asked: '' };

type Typed = typeof empty & { readonly receivedOn: string };
/** What binds a field to its text. */
type Field = (name: keyof Typed) => {
  readonly value: string;
  readonly onChange: (event: { readonly currentTarget: { readonly value: string } }) => void;
};

const Fields = ({
  type,
  onType,
  field,
}: {
  readonly type: PrivacyRow['type'];
  readonly onType: (type: PrivacyRow['type']) => void;
  readonly field: Field;
}) => (
  <>
    <NativeSelect
      label="Asks for"
      value={type}
      onChange={(event) => onType(event.currentTarget.value as PrivacyRow['type'])} // one of the options
      data={offered.map((value) => ({ value, label: typeWords[value] }))}
    />
    <TextInput
      mt="sm"
      label="User id"
      description="Or another name that the organization uses"
      required
      {...field('subjectId')}
      data-autofocus
    />
    <TextInput
      mt="sm"
      label="Full name (optional)"
      description="Searched for in both orders"
      {...field('name')}
    />
    <TextInput mt="sm" label="Email address (optional)" {...field('mail')} />
    <TextInput
      mt="sm"
      label="Send the answer to (optional)"
      description="An address, a mailbox or an office"
      {...field('replyTo')}
    />
    <TextInput mt="sm" type="date" label="Received on" {...field('receivedOn')} required />
    <Textarea
      mt="sm"
      label={type === 'amendment' ? 'What is to be corrected, and how' : 'In their words (optional)'}
      required={type === 'amendment'}
      autosize
      minRows={2}
      {...field('asked')}
    />
  </>
);

export const ReceiveDialog = ({ onClose }: { readonly onClose: () => void }) => {
  const [type, setType] = useState<PrivacyRow['type']>('access');
  const [typed, setTyped] = useState({ ...empty, receivedOn: today() });
  const done = usePrivacyDone();
  const navigate = useNavigate();
  const field: Field = (name) => ({
    value: typed[name],
    onChange: ({ currentTarget: { value } }: { readonly currentTarget: { readonly value: string } }) =>
      setTyped((before) => ({ ...before, [name]: value })),
  });
  return (
    <ActionDialog
      title="Receive a privacy request"
      verb="Receive"
      incomplete={typed.subjectId.trim() === '' || (type === 'amendment' && typed.asked.trim() === '')}
      onClose={onClose}
      onRun={async () => {
        const made = await receivePrivacyRequest({
          type,
          subjectId: typed.subjectId.trim(),
          name: orNull(typed.name),
          mail: orNull(typed.mail),
          replyTo: orNull(typed.replyTo),
          asked: orNull(typed.asked),
          receivedOn: typed.receivedOn,
        });
        onClose();
        await done(`Privacy request ${made.id} is to be acknowledged by ${made.due ?? 'no day'}.`);
        await navigate({ to: recordPath('privacy', made.id) });
      }}
    >
      <Fields type={type} onType={setType} field={field} />
    </ActionDialog>
  );
};
