/** How far a connection may be written to, as rungs; one step up is a button, so is each step down. */
import { entityWords } from '../../kit/entities.ts';
import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import {
  type ConnectionDetail,
  type TrustLevel,
  trustConnection,
  type TrustStep,
  trustStepQuery,
  connectionsKey,
} from '../../api/connections.ts';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { tell } from '../../kit/notice.tsx';
import { ActionDialog } from '../../kit/act/action-dialog.tsx';
import { useMay } from '../../shell/use-session.ts';
import styles from './connections.module.css';
import { trustOrder, trustWords } from './words.ts';

const kindWords = (kinds: TrustStep['waiting']['released']): string =>
  kinds
    .map(
      ({ entity, kind, n }) =>
        `${n.toLocaleString('en')} ${kind === 'create' ? 'new ' : ''}${entityWords(entity)}`,
    )
    .join(', ');

const Effect = ({ of, name }: { readonly of: TrustStep; readonly name: string }) => {
  const { released, held, withdrawn } = of.waiting;
  const lines = [
    released.length > 0 ? `Released and sent to ${name} with the next sync: ${kindWords(released)}.` : '',
    held.length > 0 ? `Held until somebody approves: ${kindWords(held)}.` : '',
    withdrawn.length > 0 ? `Withdrawn: ${kindWords(withdrawn)}.` : '',
  ].filter(Boolean);
  return lines.length === 0 ? (
    <p className="quiet">No change waits that this would touch.</p>
  ) : (
    <>
      {lines.map((line) => (
        <p key={line} className="attention strong">
          {line}
        </p>
      ))}
    </>
  );
};

const StepDialog = ({
  name,
  level,
  onClose,
}: {
  readonly name: string;
  readonly level: TrustLevel;
  readonly onClose: () => void;
}) => {
  const queryClient = useQueryClient();
  const effect = useQuery(trustStepQuery(name, level));
  return (
    <ActionDialog
      title={trustWords[level].step}
      reason="optional"
      onClose={onClose}
      onRun={async (reason) => {
        await trustConnection(name, { level, reason });
        await queryClient.invalidateQueries({ queryKey: connectionsKey });
        tell(`${name}: ${trustWords[level].title.toLowerCase()}.`);
        onClose();
      }}
    >
      <p>
        <span className="strong">{trustWords[level].title}.</span> {trustWords[level].means}
      </p>
      <Loaded query={effect}>{(step) => <Effect of={step} name={name} />}</Loaded>
    </ActionDialog>
  );
};

export const TrustLadder = ({ of }: { readonly of: ConnectionDetail }) => {
  const may = useMay('policy:write');
  const [asked, setAsked] = useState<TrustLevel>();
  const { level, exceptions } = of.trust;
  const at = trustOrder.indexOf(level);
  return (
    <>
      <ol className={styles['ladder']} aria-label="Trust">
        {trustOrder.map((each, index) => (
          <li key={each} aria-current={each === level ? 'step' : undefined} data-reached={index <= at}>
            <span className="strong">{trustWords[each].title}</span>
            <span className="quiet">{trustWords[each].means}</span>
            {may && index !== at && index <= at + 1 ? (
              <Button
                size="compact-sm"
                variant={index > at ? 'filled' : 'default'}
                onClick={() => setAsked(each)}
              >
                {trustWords[each].step}
              </Button>
            ) : null}
          </li>
        ))}
      </ol>
      {exceptions.length > 0 ? (
        <p className="attention">
          Policies of their own, which may say otherwise: {exceptions.map(entityWords).join(', ')}.
        </p>
      ) : null}
      {of.sendingPaused === null ? null : (
        <p className="quiet">
          Sending is paused by {of.sendingPaused.by ?? 'somebody'}
          {of.sendingPaused.reason === null ? '' : `: ${of.sendingPaused.reason}`}.
        </p>
      )}
      {asked === undefined ? null : (
        <StepDialog name={of.name} level={asked} onClose={() => setAsked(undefined)} />
      )}
    </>
  );
};
