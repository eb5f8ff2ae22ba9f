/** Rules of who decides, as rows; with a system, those that are inherited say so. */
import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type DeciderRule, resetDecider } from '../../api/decisions/deciders.ts';
import { ActionDialog } from '../../kit/act/action-dialog.tsx';
import detail from '../../kit/detail/detail.module.css';
import { SeverityWord } from '../../kit/marks/severity.tsx';
import { When } from '../../kit/marks/when.tsx';
import { tell } from '../../kit/notice.tsx';
import { RecordLink } from '../../kit/record-link.tsx';
import { DeciderDialog } from './decider-dialog.tsx';
import { kindWords, whoWords } from './words.ts';

const Reset = ({ of, onClose }: { readonly of: DeciderRule; readonly onClose: () => void }) => {
  const queryClient = useQueryClient();
  return (
    <ActionDialog
      title="Inherit again"
      onClose={onClose}
      onRun={async () => {
        await resetDecider(of.kind, of.boundary ?? '', of.severity);
        await queryClient.invalidateQueries({ queryKey: ['deciders'] });
        tell('The rules of every system hold again.');
        onClose();
      }}
    >
      <p>
        {of.boundaryName ?? of.boundary} gives up its own rule for {kindWords[of.kind].toLowerCase()}
        {of.severity === null ? '' : `, ${of.severity}`}: the rule of every system holds again. Requests that
        wait keep their deciders.
      </p>
    </ActionDialog>
  );
};

const Buttons = ({
  of,
  system,
  onChange,
  onReset,
}: {
  readonly of: DeciderRule;
  readonly system: string | undefined;
  readonly onChange: () => void;
  readonly onReset: () => void;
}) => {
  const isInherited = system !== undefined && of.boundary === null;
  const what = `${kindWords[of.kind]}${of.severity === null ? '' : `, ${of.severity}`}`;
  return (
    <>
      <Button
        variant="default"
        size="compact-sm"
        onClick={onChange}
        aria-label={`${isInherited ? 'Give this system its own rule for' : 'Change'} ${what}`}
      >
        {isInherited ? 'Its own…' : 'Change…'}
      </Button>{' '}
      {of.boundary === null ? null : (
        <Button variant="subtle" size="compact-sm" onClick={onReset} aria-label={`Inherit again: ${what}`}>
          Inherit again…
        </Button>
      )}
    </>
  );
};

const Row = ({
  of,
  system,
  onChange,
  onReset,
}: {
  readonly of: DeciderRule;
  readonly system: string | undefined;
  readonly onChange: (() => void) | undefined;
  readonly onReset: () => void;
}) => {
  const isOwn = of.boundary !== null;
  return (
    <tr>
      <td>{kindWords[of.kind]}</td>
      <td>
        {of.severity === null ? <span className="quiet">any other</span> : <SeverityWord of={of.severity} />}
      </td>
      {system === undefined ? (
        of.boundary === null ? null : (
          <td>
            <RecordLink kind="system" id={of.boundary}>
              {of.boundaryName ?? of.boundary}
            </RecordLink>
          </td>
        )
      ) : (
        <td className={isOwn ? '' : 'quiet'}>{isOwn ? 'of its own' : 'inherited'}</td>
      )}
      <td className={of.isRefused ? 'attention' : ''}>
        {whoWords(of)}
        {of.note === null ? null : <div className="quiet">{of.note}</div>}
      </td>
      <td>{of.answerWithinDays === null ? null : `${of.answerWithinDays} days`}</td>
      <td>{of.longestDays === null ? null : `${of.longestDays} days`}</td>
      <td>
        {of.setAt === null ? (
          <span className="quiet" style={{ whiteSpace: 'nowrap' }}>
            as delivered
          </span>
        ) : (
          <>
            <When at={of.setAt} /> <span className="quiet">by {of.setBy}</span>
          </>
        )}
      </td>
      {onChange === undefined ? null : (
        <td style={{ whiteSpace: 'nowrap' }}>
          <Buttons of={of} system={system} onChange={onChange} onReset={onReset} />
        </td>
      )}
    </tr>
  );
};

/** @param system whose rules these are; undefined: all that one may see. */
export const DeciderTable = ({
  of,
  system,
  mayChange,
}: {
  readonly of: readonly DeciderRule[];
  readonly system?: string;
  readonly mayChange: boolean;
}) => {
  const [changing, setChanging] = useState<Partial<DeciderRule>>();
  const [resetting, setResetting] = useState<DeciderRule>();
  return (
    <>
      <div className={detail['scrollX']} tabIndex={0} role="region" aria-label="Who decides">
        <table className={detail['table']}>
          <thead>
            <tr>
              <th scope="col">Requests for</th>
              <th scope="col">Severity</th>
              {system !== undefined ? (
                <th scope="col">Rule</th>
              ) : of.some(({ boundary }) => boundary !== null) ? (
                <th scope="col">System</th>
              ) : null}
              <th scope="col">Who decides</th>
              <th scope="col">Answer within</th>
              <th scope="col">Holds at most</th>
              <th scope="col">Set</th>
              {mayChange ? (
                <th scope="col">
                  <span className="hidden-text">Change</span>
                </th>
              ) : null}
            </tr>
          </thead>
          <tbody>
            {of.map((rule) => (
              <Row
                key={rule.id}
                of={rule}
                system={system}
                onChange={
                  mayChange
                    ? () => setChanging(system === undefined ? rule : { ...rule, boundary: system })
                    : undefined
                }
                onReset={() => setResetting(rule)}
              />
            ))}
          </tbody>
        </table>
      </div>
      {changing === undefined ? null : <DeciderDialog of={changing} onClose={() => setChanging(undefined)} />}
      {resetting === undefined ? null : <Reset of={resetting} onClose={() => setResetting(undefined)} />}
    </>
  );
};
