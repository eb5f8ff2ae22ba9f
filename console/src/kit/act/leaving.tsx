/** What leaves the agency: who gets it, what for, by which authority. The accounting of disclosures asks it before the file is handed out. */
import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { ActionDialog } from './action-dialog.tsx';

export interface Leaving {
  readonly recipient: string;
  readonly address: string;
  readonly purpose: string;
  readonly authority: string;
}

export const nobodyYet: Leaving = { recipient: '', address: '', purpose: '', authority: '' };

/** @param needsAddress whether it is sent there by Tieline, and not by the person. */
export const isComplete = (
  { recipient, purpose, authority, address }: Leaving,
  needsAddress: boolean,
): boolean =>
  [recipient, purpose, authority, ...(needsAddress ? [address] : [])].every((each) => each.trim() !== '');

/** The query of a request that hands out a file. */
export const leavingQuery = ({ recipient, address, purpose, authority }: Leaving) => ({
  disclosure_recipient: recipient,
  disclosure_purpose: purpose,
  disclosure_authority: authority,
  disclosure_address: address,
});

export const LeavingFields = ({
  value,
  set,
  needsAddress,
}: {
  readonly value: Leaving;
  readonly set: (value: Leaving) => void;
  readonly needsAddress: boolean;
}) => {
  const field = (name: keyof Leaving) => ({
    mt: 'sm',
    value: value[name],
    onChange: ({ currentTarget }: { readonly currentTarget: { readonly value: string } }) =>
      set({ ...value, [name]: currentTarget.value }),
  });
  return (
    <>
      <TextInput
        label="Recipient"
        description="The person or agency that gets it"
        required
        {...field('recipient')}
      />
      <TextInput
        label={needsAddress ? 'Mail address' : 'Address (optional)'}
        required={needsAddress}
        {...field('address')}
      />
      <TextInput
        label="Purpose"
        description="What the recipient needs it for"
        required
        {...field('purpose')}
      />
      <TextInput
        label="Authority"
        description="The law, agreement or consent, such as 5 U.S.C. 552a(b)(7)"
        required
        {...field('authority')}
      />
    </>
  );
};

/** @param onRun hands the file out. */
export const LeavingDialog = ({
  what,
  onClose,
  onRun,
}: {
  /** As the title says it: `this report`. */
  readonly what: string;
  readonly onClose: () => void;
  readonly onRun: (leaving: Leaving) => Promise<void>;
}) => {
  const [leaving, setLeaving] = useState(nobodyYet);
  return (
    <ActionDialog
      title={`Save ${what} for somebody outside the agency`}
      verb="Record and save"
      incomplete={!isComplete(leaving, false)}
      onClose={onClose}
      onRun={async () => {
        await onRun(leaving);
        onClose();
      }}
    >
      <p>It is entered in the accounting of disclosures first, which is kept for five years.</p>
      <LeavingFields value={leaving} set={setLeaving} needsAddress={false} />
    </ActionDialog>
  );
};
