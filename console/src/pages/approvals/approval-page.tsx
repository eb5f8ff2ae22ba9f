import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { type ApprovalDetail, approvalQuery } from '../../api/decisions/approvals.ts';
import { ActButton } from '../../kit/act/act-button.tsx';
import { CopyButton } from '../../kit/copy-button.tsx';
import detailStyles from '../../kit/detail/detail.module.css';
import { DetailHead } from '../../kit/detail/detail-head.tsx';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { useKeys } from '../../kit/keys.ts';
import { At } from '../../kit/marks/when.tsx';
import { RecordLink } from '../../kit/record-link.tsx';
import { useMay, useSession, useWhyNot } from '../../shell/use-session.ts';
import { Dangers } from './approval-list.tsx';
import styles from './approvals.module.css';
import { ChangeGroup, type Marks } from './change-group.tsx';
import { type Asked, DecideDialog } from './decide-dialog.tsx';
import { RequestPage } from './request-page.tsx';
import { unseenWords, useMarks } from './use-marks.ts';
import { plural } from '../../kit/plural.ts';
import { dangerOrder, stateWords, words } from './words.ts';

const Head = ({ of }: { readonly of: ApprovalDetail }) => (
  <>
    <span className="strong">{stateWords(of.status)}</span>
    {of.boundary === null ? null : (
      <span>
        <span className="quiet">system </span>
        <RecordLink kind="system" id={of.boundary}>
          {of.boundaryName ?? of.boundary}
        </RecordLink>
      </span>
    )}
    <span>
      <span className="quiet">goes to </span>
      {of.system}
    </span>
    <span>
      <span className="quiet">asked by {of.requestedBy}, </span>
      <At at={of.requestedAt} />
    </span>
    <span className="mono quiet">
      sha256 {of.contentSha256.slice(0, 12)}… <CopyButton text={of.contentSha256} what="the whole sha256" />
    </span>
  </>
);

const Authors = ({ of }: { readonly of: ApprovalDetail }) => {
  const { person } = useSession();
  if (of.authors.length === 0) return null;
  const isMine = of.authors.some((author) => author === person.name || author === person.displayName);
  return isMine && of.status === 'pending' ? (
    <p className={styles['note']}>
      An edit of yours is among these changes. Somebody else has to approve it, unless a setting allows it.
    </p>
  ) : (
    <p className="quiet">It sends edits of {of.authors.join(', ')}.</p>
  );
};

const DecidedNote = ({ of }: { readonly of: ApprovalDetail }) =>
  of.decidedAt === null ? null : (
    <p className={styles['note']}>
      {stateWords(of.status)} by {of.decidedBy ?? 'a rule'}, <At at={of.decidedAt} />
      {of.reason === null ? '' : `: ${of.reason}`}
    </p>
  );

const Actions = ({
  of,
  marks,
  onAsk,
}: {
  readonly of: ApprovalDetail;
  readonly marks: Marks & { readonly clear: () => void };
  readonly onAsk: (asked: Asked) => void;
}) => {
  const may = useMay('approval:decide');
  if (of.status !== 'pending' || !may) return null;
  const records = [...marks.chosen];
  const which = records.length === 0 ? '' : ` ${plural(records.length, 'record')}`;
  return (
    <>
      {records.length === 0 ? null : (
        <Button variant="default" onClick={marks.clear}>
          Choose none
        </Button>
      )}
      <ActButton variant="default" onPress={() => onAsk({ decision: 'reject', records })}>
        Reject{which}…
      </ActButton>
      <ActButton why={unseenWords(of.groups)} onPress={() => onAsk({ decision: 'approve', records })}>
        Approve{which}…
      </ActButton>
    </>
  );
};

/** `v` marks the group that has the focus, else the first that is not yet viewed. */
function useViewKey(of: ApprovalDetail, { viewed, setViewed }: Marks): void {
  const mark = (): void => {
    const focused = document.activeElement?.closest<HTMLElement>('[data-group]')?.dataset['group'];
    const sha256 = focused ?? of.groups.find((group) => !viewed.has(group.sha256))?.sha256;
    if (sha256 === undefined) return;
    setViewed(sha256, !viewed.has(sha256));
    const after = of.groups[of.groups.findIndex((group) => group.sha256 === sha256) + 1];
    if (after) document.querySelector(`[data-group="${after.sha256}"]`)?.scrollIntoView({ block: 'nearest' });
  };
  useKeys('This approval', [{ press: 'v', does: 'Mark the group as viewed', run: mark }]);
}

const WholePage = ({ of }: { readonly of: ApprovalDetail }) => {
  const marks = useMarks(of, of.status === 'pending');
  const [asked, setAsked] = useState<Asked>();
  const whyNot = useWhyNot('approval:decide');
  const groups = of.groups.toSorted(
    (one, other) => dangerOrder.indexOf(one.danger) - dangerOrder.indexOf(other.danger),
  );
  useViewKey({ ...of, groups }, marks);
  const unseen = unseenWords(of.groups);
  return (
    <div className={detailStyles['page']}>
      <DetailHead
        parent={{ to: '/approvals', title: words.title }}
        title={`Approval ${of.number}: ${plural(of.changes, 'change')} for ${of.system ?? ''}`}
        marks={<Head of={of} />}
        actions={<Actions of={of} marks={marks} onAsk={setAsked} />}
      />
      <p>
        <Dangers of={of} />
      </p>
      <DecidedNote of={of} />
      <Authors of={of} />
      {of.status !== 'pending' ? null : whyNot !== undefined ? (
        <p className="attention">{whyNot}</p>
      ) : unseen === undefined ? null : (
        <p className="quiet">{unseen}</p>
      )}
      {groups.map((group) => (
        <ChangeGroup key={group.sha256} approvalId={of.approvalId} group={group} marks={marks} />
      ))}
      {asked ? (
        <DecideDialog
          approval={of}
          asked={asked}
          onClose={() => setAsked(undefined)}
          onDecided={() => {
            setAsked(undefined);
            marks.clear();
          }}
        />
      ) : null}
    </div>
  );
};

export const ApprovalPage = () => {
  const { approvalId = '' } = useParams({ strict: false });
  return (
    <Loaded query={useQuery(approvalQuery(approvalId))} whole>
      {({ request, ...of }) =>
        request === null ? (
          <WholePage key={of.approvalId} of={{ ...of, request }} />
        ) : (
          <RequestPage key={of.approvalId} of={{ ...of, request }} />
        )
      }
    </Loaded>
  );
};
