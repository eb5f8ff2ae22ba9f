/** Milestones of a POA&M, as they are planned: added, moved and completed by who may. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import type { MilestoneView, PoamDetail } from '../../api/poams.ts';
import { ActButton } from '../../kit/act/act-button.tsx';
import { useMay } from '../../shell/use-session.ts';
import { AddMilestone, CompleteMilestone, FitMilestones, MoveMilestone } from './milestone-dialogs.tsx';
import { MilestonesTable } from './milestones-table.tsx';
import styles from './poam.module.css';

type Opened =
  | { readonly does: 'add' }
  | { readonly does: 'fit' }
  | { readonly does: 'move' | 'complete'; readonly id: string };

/** Why one of these fields may not be edited, as a sentence. */
function whyNot(
  { fixedFields }: MilestoneView,
  fields: readonly string[],
  words: string,
): string | undefined {
  const field = fields.find((each) => fixedFields[each] !== undefined);
  return field === undefined ? undefined : `${words}: ${fixedFields[field]}.`;
}

const Actions = ({ of, onOpen }: { readonly of: MilestoneView; readonly onOpen: (opened: Opened) => void }) =>
  of.isOpen ? (
    <div className={styles['milestoneActions']}>
      <ActButton
        size="compact-sm"
        variant="default"
        aria-label={`Move ${of.description ?? of.id}`}
        why={whyNot(of, ['scheduled_completion'], 'Its date cannot be changed here')}
        onPress={() => onOpen({ does: 'move', id: of.id })}
      >
        Move
      </ActButton>
      <ActButton
        size="compact-sm"
        variant="default"
        aria-label={`Complete ${of.description ?? of.id}`}
        why={whyNot(of, ['status', 'actual_completion'], 'It cannot be completed here')}
        onPress={() => onOpen({ does: 'complete', id: of.id })}
      >
        Complete
      </ActButton>
    </div>
  ) : null;

export const MilestonesTab = ({ of }: { readonly of: PoamDetail }) => {
  const may = useMay('poam:write');
  const [opened, setOpened] = useState<Opened>();
  const close = () => setOpened(undefined);
  const chosen =
    opened === undefined || opened.does === 'add' || opened.does === 'fit'
      ? undefined
      : of.milestones.find(({ id }) => id === opened.id);
  const beyond = of.milestones.filter(({ isBeyond }) => isBeyond).length;
  return (
    <>
      {beyond === 0 ? null : (
        <p className="attention" role="status">
          {beyond === 1 ? '1 milestone is' : `${beyond} milestones are`} planned after{' '}
          {of.poam.due?.slice(0, 10) ?? 'the day'}, which the POA&M promises.
        </p>
      )}
      {may ? (
        <div className={styles['milestoneBar']}>
          {beyond === 0 ? null : (
            <Button variant="default" onClick={() => setOpened({ does: 'fit' })}>
              Move them within that day…
            </Button>
          )}
          <Button onClick={() => setOpened({ does: 'add' })}>Add a milestone</Button>
        </div>
      ) : null}
      <MilestonesTable
        of={of}
        {...(may && of.milestones.some(({ isOpen }) => isOpen)
          ? { actions: (each) => <Actions of={each} onOpen={setOpened} /> }
          : {})}
      />
      {opened?.does === 'add' ? <AddMilestone of={of} onClose={close} /> : null}
      {opened?.does === 'fit' ? <FitMilestones poamId={of.poam.poamId} onClose={close} /> : null}
      {opened?.does === 'move' && chosen ? <MoveMilestone of={chosen} onClose={close} /> : null}
      {opened?.does === 'complete' && chosen ? <CompleteMilestone of={chosen} onClose={close} /> : null}
    </>
  );
};
