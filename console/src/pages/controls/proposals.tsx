/** What is proposed of the status of controls, and a person's answer. */
import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { decideProposal, type Proposal } from '../../api/work/controls.ts';
import { ActionDialog } from '../../kit/act/action-dialog.tsx';
import detail from '../../kit/detail/detail.module.css';
import { At, When } from '../../kit/marks/when.tsx';
import { tell } from '../../kit/notice.tsx';
import { RecordLink } from '../../kit/record-link.tsx';
import { useMay } from '../../shell/use-session.ts';

const shownAtMost = 6;

/** A POA&M, or a weakness that none answers yet. */
const Named = ({ id }: { readonly id: string }) =>
  id.startsWith('weakness ') ? (
    <span>{id}</span>
  ) : (
    <RecordLink kind="poam" id={id}>
      {id}
    </RecordLink>
  );

export const ProposalWhy = ({ of }: { readonly of: Proposal }) => {
  const isLower = of.code === 'weaknesses_open';
  const ids = isLower ? of.facts.open : of.facts.closed;
  return (
    <>
      {isLower ? 'Open under it: ' : 'Nothing is open under it any more; closed: '}
      {ids.slice(0, shownAtMost).map((id, at) => (
        <span key={id}>
          {at === 0 ? '' : ', '}
          <Named id={id} />
        </span>
      ))}
      {ids.length > shownAtMost ? ` and ${ids.length - shownAtMost} more` : ''}
      {of.facts.scans.length === 0 ? (
        <div className="quiet">No scan is on record for these.</div>
      ) : (
        of.facts.scans.map((scan) => (
          <div key={scan.source}>
            <span className="quiet">
              {isLower ? 'last seen' : 'last looked at'} by {scan.source} <When at={scan.at} /> on{' '}
              {scan.findings} {scan.findings === 1 ? 'finding' : 'findings'}
            </span>
            {scan.operationId === null ? null : (
              <div>
                <RecordLink kind="operation" id={scan.operationId}>
                  The run that read it
                </RecordLink>
              </div>
            )}
          </div>
        ))
      )}
    </>
  );
};

const Decide = ({
  of,
  isAccepted,
  onClose,
}: {
  readonly of: Proposal;
  readonly isAccepted: boolean;
  readonly onClose: () => void;
}) => {
  const queryClient = useQueryClient();
  return (
    <ActionDialog
      title={`${isAccepted ? 'Accept' : 'Refuse'}: ${of.controlId} ${of.proposed}`}
      verb={isAccepted ? 'Accept' : 'Refuse'}
      reason={isAccepted ? 'optional' : 'required'}
      onClose={onClose}
      onRun={async (reason) => {
        await decideProposal(of.id, isAccepted, reason);
        for (const queryKey of [['systems', of.systemId], ['me']])
          await queryClient.invalidateQueries({ queryKey });
        tell(
          isAccepted
            ? `${of.controlId} is ${of.proposed} here. The next sync sends it.`
            : `Refused. It is proposed again only when something graver opens, or more is closed.`,
        );
        onClose();
      }}
    >
      <p>
        {of.controlId} of {of.systemId} is {of.present ?? 'without a status'} now.{' '}
        {isAccepted
          ? `You say that it is ${of.proposed}.`
          : `It stays so, although ${of.proposed} follows from its weaknesses.`}
      </p>
    </ActionDialog>
  );
};

export const ProposalButtons = ({ of }: { readonly of: Proposal }) => {
  const may = useMay('control:write');
  const [deciding, setDeciding] = useState<boolean>();
  if (!may) return null;
  return (
    <>
      <Button
        size="compact-sm"
        aria-label={`Accept ${of.proposed} for ${of.controlId}`}
        onClick={() => setDeciding(true)}
      >
        Accept…
      </Button>{' '}
      <Button
        size="compact-sm"
        variant="default"
        aria-label={`Refuse ${of.proposed} for ${of.controlId}`}
        onClick={() => setDeciding(false)}
      >
        Refuse…
      </Button>
      {deciding === undefined ? null : (
        <Decide of={of} isAccepted={deciding} onClose={() => setDeciding(undefined)} />
      )}
    </>
  );
};

/** Those that wait, of a system. */
export const ProposalTable = ({ of }: { readonly of: readonly Proposal[] }) => (
  <div className={detail['scrollX']} tabIndex={0} role="region" aria-label="Proposed statuses">
    <table className={detail['table']}>
      <thead>
        <tr>
          <th scope="col">Control</th>
          <th scope="col">Is</th>
          <th scope="col">Proposed</th>
          <th scope="col">Why</th>
          <th scope="col">
            <span className="hidden-text">Decide</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {of.map((each) => (
          <tr key={each.id}>
            <td>
              <a href={controlPath(each.systemId, each.controlId)}>{each.controlId}</a>
              <div className="quiet">{each.controlTitle}</div>
            </td>
            <td>{each.present ?? <span className="quiet">nothing</span>}</td>
            <td className="strong">{each.proposed}</td>
            <td>
              <ProposalWhy of={each} />
            </td>
            <td style={{ whiteSpace: 'nowrap' }}>
              <ProposalButtons of={each} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);

const settlementWords = {
  accepted: 'accepted',
  refused: 'refused',
  lapsed: 'lapsed: its reason is gone',
} as const;

/** Every one that there ever was of a control. */
export const ProposalHistory = ({ of }: { readonly of: readonly Proposal[] }) => (
  <table className={detail['table']} style={{ maxWidth: 1100 }}>
    <thead>
      <tr>
        <th scope="col">Proposed</th>
        <th scope="col">Status</th>
        <th scope="col">Why</th>
        <th scope="col">Outcome</th>
      </tr>
    </thead>
    <tbody>
      {of.map((each) => (
        <tr key={each.id}>
          <td>
            <At at={each.openedAt} />
          </td>
          <td>
            {each.present ?? 'nothing'} → <span className="strong">{each.proposed}</span>
          </td>
          <td>
            <ProposalWhy of={each} />
          </td>
          <td>
            {each.settlement === null ? (
              <ProposalButtons of={each} />
            ) : (
              <>
                {settlementWords[each.settlement]}
                {each.settledBy === null ? '' : ` by ${each.settledBy}`} <When at={each.settledAt} />
                {each.reason === null ? null : <div className="quiet">{each.reason}</div>}
              </>
            )}
          </td>
        </tr>
      ))}
    </tbody>
  </table>
);

export const controlPath = (systemId: string, controlId: string): string =>
  `/systems/${encodeURIComponent(systemId)}/controls/${encodeURIComponent(controlId)}`;
