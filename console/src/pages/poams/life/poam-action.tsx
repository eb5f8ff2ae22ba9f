/** What a person does to one POA&M, as a button that opens its dialog: on its page and in the row of the inbox alike. */
import type { ButtonProps } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ComponentType, useState } from 'react';
import type { Permission } from '../../../../../src/canonical/access/index.ts';
import { problemOf } from '../../../api/http/problem.ts';
import { poamQuery } from '../../../api/poams.ts';
import { explanationQuery } from '../../../api/work/poam-life.ts';
import { ActButton } from '../../../kit/act/act-button.tsx';
import { Fault } from '../../../kit/act/action-dialog.tsx';
import { useWhyNot } from '../../../shell/use-session.ts';
import { EvaluateDialog } from '../../due-policies/evaluate-dialog.tsx';
import type { ActionDialogProps } from './dialog-props.ts';
import { PullInDialog, StandDialog } from './due-dialogs.tsx';
import { CompleteDialog, ExtendDialog, ReopenDialog } from './move-dialogs.tsx';

interface Action {
  readonly words: string;
  readonly permission: Permission;
  readonly dialog: ComponentType<ActionDialogProps>;
}
/** Begins with what was said before: the newest evaluation counts as a whole. */
const Evaluate = ({ of, onClose }: ActionDialogProps) => (
  <EvaluateDialog poamId={of.poam.poamId} onClose={onClose} />
);
const actions = {
  complete: { words: 'Complete…', permission: 'poam:write', dialog: CompleteDialog },
  reopen: { words: 'Reopen…', permission: 'poam:write', dialog: ReopenDialog },
  extend: { words: 'Ask for an extension…', permission: 'poam:write', dialog: ExtendDialog },
  pull_in: { words: 'Pull the date in…', permission: 'poam:write', dialog: PullInDialog },
  stand: { words: 'Let it stand…', permission: 'poam:approve', dialog: StandDialog },
  evaluate: { words: 'Say what is known…', permission: 'poam:write', dialog: Evaluate },
} as const satisfies Record<string, Action>;
export type PoamAction = keyof typeof actions;

/** The dialog, once the POA&M is there as it is now. */
const OpenDialog = ({
  poamId,
  action,
  onClose,
}: {
  readonly poamId: string;
  readonly action: PoamAction;
  readonly onClose: () => void;
}) => {
  const poam = useQuery(poamQuery(poamId));
  const explanation = useQuery(explanationQuery(poamId));
  const error = poam.error ?? explanation.error;
  if (error) return <Fault of={problemOf(error)} />;
  if (poam.data === undefined || explanation.data === undefined) return null;
  const Dialog = actions[action].dialog;
  return (
    <Dialog of={poam.data.value} etag={poam.data.etag} explanation={explanation.data} onClose={onClose} />
  );
};

export const PoamActionButton = ({
  poamId,
  action,
  why,
  ...rest
}: ButtonProps & {
  readonly poamId: string;
  readonly action: PoamAction;
  /** Why it cannot be done to this POA&M now. */
  readonly why?: string | undefined;
}) => {
  const [isOpen, setIsOpen] = useState(false);
  const { words, permission } = actions[action];
  const mayNot = useWhyNot(permission);
  return (
    <>
      <ActButton {...rest} why={mayNot ?? why} onPress={() => setIsOpen(true)}>
        {words}
      </ActButton>
      {isOpen ? <OpenDialog poamId={poamId} action={action} onClose={() => setIsOpen(false)} /> : null}
    </>
  );
};
