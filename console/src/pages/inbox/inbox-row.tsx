/** One thing that waits: what it is, where, since when, what to do, and the answer or the place where it is given. */
import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { InboxItem } from '../../api/work/inbox.ts';
import { readReport } from '../../api/work/reports.ts';
import { When } from '../../kit/marks/when.tsx';
import { tellProblem } from '../../kit/notice.tsx';
import { type RecordKind, RecordLink, recordPath, TextLink } from '../../kit/record-link.tsx';
import { QuestionActions } from '../poams/life/question-actions.tsx';
import { PoamActionButton } from '../poams/life/poam-action.tsx';
import { ReviewDialog } from '../reviews/review-poams.tsx';
import { SettleDialog } from '../tasks/task-dialogs.tsx';
import styles from './inbox.module.css';
import { kindWords } from './words.ts';

/** On which tab of a POA&M a kind is answered. */
const tabs: Readonly<Record<string, string>> = {
  unsent_evidence: '/evidence',
  lost_evidence: '/evidence',
  milestone_beyond: '/milestones',
};

/** Of every place its page: a record's own, else the list or the part of a page where it is answered. */
const pages: Readonly<
  Record<NonNullable<InboxItem['place']>['kind'], RecordKind | ((id: string) => string)>
> = {
  finding: 'finding',
  plugin: 'plugin',
  asset: 'asset',
  poam: 'poam',
  system: (id) => `${recordPath('system', id)}/controls`,
  task: 'task',
  report: () => '/reports',
  alert: 'alert',
  conflict: 'conflict',
  approval: 'approval',
  match: 'match',
  change: 'change',
  operation: 'operation',
  deviation: 'deviation',
  connection: 'connection',
  feed: () => '/intelligence',
  privacy: 'privacy',
  identity: () => '/identities',
  workflow: 'workflow',
  workflow_run: 'workflowRun',
};

/** The page of the place; `Why` of a POA&M where it is about its day. Undefined: the list of its kind is the place. */
function addressOf({ place, kind }: InboxItem): string | undefined {
  if (place === null) return undefined;
  const page = pages[place.kind];
  if (typeof page === 'function') return page(place.id);
  const isAboutDay = kind === 'late_obligation' || kind === 'unanswered_fact';
  const tab = isAboutDay ? '/why' : (tabs[kind] ?? '');
  return `${recordPath(page, place.id)}${tab}`;
}

/** A button that opens a dialog of another page. */
const OpensDialog = ({
  words,
  children,
}: {
  readonly words: string;
  readonly children: (onClose: () => void) => ReactNode;
}) => {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setIsOpen(true)}>{words}</Button>
      {isOpen ? children(() => setIsOpen(false)) : null}
    </>
  );
};

const ReportRead = ({ id }: { readonly id: string }) => {
  const queryClient = useQueryClient();
  const read = async (): Promise<void> => {
    try {
      await readReport(id);
      await queryClient.invalidateQueries({ queryKey: ['me'] });
    } catch (error) {
      tellProblem('The report is still in your inbox', error);
    }
  };
  return <Button onClick={() => void read()}>I have read it</Button>;
};

/** What is answered at once; nothing where the place is the page of the record. */
const Answers = ({ of }: { readonly of: InboxItem }) => {
  const poamId = of.place?.kind === 'poam' ? of.place.id : undefined;
  if (of.kind === 'task')
    return (
      <OpensDialog words="Done…">
        {(onClose) => <SettleDialog ids={[Number(of.subject)]} isDone onClose={onClose} />}
      </OpensDialog>
    );
  if (of.kind === 'report') return <ReportRead id={of.subject} />;
  if (poamId === undefined) return null;
  if (of.kind === 'late_obligation')
    return (
      <>
        <PoamActionButton poamId={poamId} action="stand" variant="default" />
        <PoamActionButton poamId={poamId} action="pull_in" />
      </>
    );
  if (of.kind === 'unanswered_fact') return <PoamActionButton poamId={poamId} action="evaluate" />;
  if (of.kind === 'overdue_review')
    return (
      <OpensDialog words="Reviewed…">
        {(onClose) => <ReviewDialog which={{ ids: [poamId] }} onClose={onClose} />}
      </OpensDialog>
    );
  return null;
};

const Place = ({ of, mayAct }: { readonly of: InboxItem; readonly mayAct: boolean }) => {
  const address = addressOf(of);
  const { verb } = kindWords[of.kind];
  if (of.kind === 'poam_question' && of.place !== null && of.question !== null && mayAct)
    return <QuestionActions code={of.question} poamId={of.place.id} />;
  return (
    <>
      {address === undefined ? null : <TextLink to={address}>{mayAct ? verb : 'Open'}</TextLink>}
      {mayAct ? <Answers of={of} /> : null}
    </>
  );
};

export const InboxRow = ({ of, mayAct }: { readonly of: InboxItem; readonly mayAct: boolean }) => {
  const address = addressOf(of);
  return (
    <li className={styles['row']} data-inbox-row>
      <div className={styles['what']}>
        <div className="strong">
          {address === undefined ? (
            <span tabIndex={-1} data-inbox-focus>
              {of.title}
            </span>
          ) : (
            <a href={address} data-inbox-focus>
              {of.title}
            </a>
          )}
        </div>
        {of.detail === null || of.detail === of.title ? null : <div>{of.detail}</div>}
        <div className="quiet">
          {of.boundary === null ? null : (
            <>
              <RecordLink kind="system" id={of.boundary}>
                {of.boundary}
              </RecordLink>
              {' · '}
            </>
          )}
          {of.connection === null ? '' : `${of.connection} · `}
          since <When at={of.since} />
        </div>
      </div>
      <div className={styles['acts']}>
        <Place of={of} mayAct={mayAct} />
      </div>
    </li>
  );
};
