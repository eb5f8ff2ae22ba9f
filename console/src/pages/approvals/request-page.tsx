/** What a person asks for: before and after in plain words, why, who has answered and whose turn it is, and the answer. */
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import {
  answerRequest,
  type ApprovalRow,
  type AskedRequest,
  type Decision,
  delegateRequest,
} from '../../api/decisions/approvals.ts';
import { AssigneeField } from '../../kit/assignee-field.tsx';
import { ActButton } from '../../kit/act/act-button.tsx';
import { ActionDialog } from '../../kit/act/action-dialog.tsx';
import { useDone } from '../../kit/act/use-done.ts';
import detailStyles from '../../kit/detail/detail.module.css';
import { DetailHead } from '../../kit/detail/detail-head.tsx';
import { Prose, Section } from '../../kit/detail/facts.tsx';
import { Nothing } from '../../kit/marks/severity.tsx';
import { At } from '../../kit/marks/when.tsx';
import { tell } from '../../kit/notice.tsx';
import { RecordLink } from '../../kit/record-link.tsx';
import { useMay, useSession } from '../../shell/use-session.ts';
import styles from './approvals.module.css';
import { kindWords, roleWords, rolesWords, waitsFor, words } from './words.ts';

export type Request = Omit<ApprovalRow, 'request'> & { readonly request: AskedRequest };

/** Kinds that are asked for a POA&M itself. */
const ofPoams: ReadonlySet<string> = new Set(['extension', 'completion', 'due_date']);

const Head = ({ of }: { readonly of: Request }) => (
  <>
    <span className="strong">{waitsFor(of)}</span>
    <span>{kindWords(of.request.subject.kind)}</span>
    {ofPoams.has(of.request.subject.kind) ? (
      <RecordLink kind="poam" id={of.request.subject.id}>
        {of.request.subject.id}
      </RecordLink>
    ) : of.request.subject.kind === 'policy_start' ? (
      <Link
        to="/setup/due-policies/policy/$policyId"
        params={{ policyId: of.request.subject.id.split(' ', 1)[0] ?? '' }}
      >
        {of.request.subject.id.split(' ', 1)[0]}
      </Link>
    ) : of.request.executionId !== null ? (
      <RecordLink kind="workflowRun" id={of.request.executionId}>
        The run that asks
      </RecordLink>
    ) : (
      <RecordLink kind="deviation" id={of.request.subject.id}>
        Deviation {of.request.subject.id}, with its evidence
      </RecordLink>
    )}
    {of.boundary === null ? null : (
      <span>
        <span className="quiet">system </span>
        <RecordLink kind="system" id={of.boundary}>
          {of.boundaryName ?? of.boundary}
        </RecordLink>
      </span>
    )}
    {of.request.severity === null ? null : (
      <span>
        <span className="quiet">severity </span>
        {of.request.severity}
      </span>
    )}
    <span>
      <span className="quiet">asked by {of.requestedBy}, </span>
      <At at={of.requestedAt} />
    </span>
  </>
);

export const Lines = ({ of }: { readonly of: AskedRequest }) => {
  const changes = of.lines.some(({ before }) => before !== undefined);
  return (
    <div className={detailStyles['scrollX']} tabIndex={0} role="region" aria-label="What is asked, to scroll">
      <table className={detailStyles['table']}>
        <thead>
          <tr>
            <th scope="col">What</th>
            {changes ? <th scope="col">Now</th> : null}
            <th scope="col">After a yes</th>
          </tr>
        </thead>
        <tbody>
          {of.lines.map((line) => (
            <tr key={`${line.field} ${line.after}`}>
              <td>{line.field}</td>
              {changes ? <td>{line.before ?? <Nothing />}</td> : null}
              <td>{line.after}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
};

/** Each level, with what its people said, and who of it has not answered. */
export const Levels = ({ of }: { readonly of: Request }) => {
  const { levels, answers, delegations } = of.request;
  return (
    <ol className={styles['levels']}>
      {levels.map(({ roles, needs }, at) => {
        const given = answers.filter(({ level }) => level === at + 1);
        const isOver = needs === 'one' && given.length > 0;
        const left = isOver ? [] : roles.filter((role) => !given.some((answer) => answer.role === role));
        return (
          <li key={`${at} ${roles.join(' ')}`}>
            <span className="strong">{rolesWords(roles, needs)}</span>
            {given.map((answer) => (
              <div key={answer.role}>
                {answer.approved ? 'agreed' : 'rejected'}: {answer.by}
                {answer.inPlaceOf === null ? '' : ` in place of ${answer.inPlaceOf}`} as{' '}
                {roleWords(answer.role)}, <At at={answer.at} />
                {answer.reason === null ? '' : `: ${answer.reason}`}
              </div>
            ))}
            {of.status === 'pending' && left.length > 0 ? (
              <div className="quiet">not yet: {rolesWords(left, needs)}</div>
            ) : null}
            {delegations
              .filter(({ level, role }) => level === at + 1 && left.includes(role))
              .map(({ by, to }) => (
                <div key={`${by} ${to}`} className="quiet">
                  {to} may decide in place of {by}
                </div>
              ))}
          </li>
        );
      })}
    </ol>
  );
};

const verbs = { approve: 'Agree', reject: 'Reject' } as const;

export const AnswerDialog = ({
  of,
  decision,
  onClose,
}: {
  readonly of: Request;
  readonly decision: Decision['decision'];
  readonly onClose: () => void;
}) => {
  const queryClient = useQueryClient();
  // Of what was read when the dialog opened.
  const [{ contentSha256: sha256 }] = useState(of);
  const send = async (reason: string | undefined): Promise<void> => {
    const done = await answerRequest(of.approvalId, {
      decision,
      sha256,
      ...(reason === undefined ? {} : { reason }),
    });
    tell(
      done.status === 'pending'
        ? `Your yes counts. Now ${done.next === null ? 'others' : rolesWords(done.next.left, done.next.level.needs)} decides.`
        : `${done.status === 'approved' ? 'Approved' : 'Rejected'}: ${of.action}.`,
    );
    onClose();
    await queryClient.invalidateQueries();
  };
  return (
    <ActionDialog
      title={verbs[decision]}
      reason={decision === 'reject' ? 'required' : 'optional'}
      incomplete={of.contentSha256 !== sha256}
      onRun={send}
      onClose={onClose}
    >
      <p>
        {decision === 'approve' ? 'You agree to: ' : 'You reject: '}
        {of.action}.{decision === 'reject' ? ' It stays as it is now.' : ''}
      </p>
    </ActionDialog>
  );
};

/** Another person who may decide requests in the boundary answers in one's place, this once. */
const DelegateDialog = ({ of, onClose }: { readonly of: Request; readonly onClose: () => void }) => {
  const [to, setTo] = useState('');
  const done = useDone(onClose);
  return (
    <ActionDialog
      title="Delegate"
      verb="Delegate"
      reason="optional"
      incomplete={to.trim() === ''}
      onClose={onClose}
      onRun={async (reason) => {
        const made = await delegateRequest(of.approvalId, {
          to: to.trim(),
          ...(reason === undefined ? {} : { reason }),
        });
        await done(`${made.to} may decide as ${roleWords(made.role)}.`);
      }}
    >
      <p>Somebody else decides in your place: {of.action}.</p>
      <AssigneeField
        mt="sm"
        isPerson
        label="To"
        description="The account of a person who may decide requests in this boundary"
        value={to}
        onChange={setTo}
        required
      />
    </ActionDialog>
  );
};

/** Why the person may not answer; undefined where they may. The server decides by role; this says what is known here. */
export function useWhyNot(of: Request): string | undefined {
  const { person } = useSession();
  const may = useMay('deviation:approve');
  const names = [person.name, person.displayName];
  if (!may) return `${rolesWords(of.request.turn, 'one')} decides this.`;
  if (names.includes(of.requestedBy)) return 'You asked for it: somebody else decides.';
  if (of.request.answers.some(({ by }) => names.includes(by)))
    return 'You have agreed already: somebody else decides next.';
  return undefined;
}

export const RequestPage = ({ of }: { readonly of: Request }) => {
  const [asked, setAsked] = useState<Decision['decision']>();
  const [delegates, setDelegates] = useState(false);
  const whyNot = useWhyNot(of);
  return (
    <div className={detailStyles['page']}>
      <DetailHead
        parent={{ to: '/approvals', title: words.title }}
        title={`Request ${of.number}: ${of.action}`}
        marks={<Head of={of} />}
        actions={
          of.status === 'pending' ? (
            <>
              {of.request.executionId === null ? null : (
                <ActButton variant="default" why={whyNot} onPress={() => setDelegates(true)}>
                  Delegate…
                </ActButton>
              )}
              <ActButton variant="default" why={whyNot} onPress={() => setAsked('reject')}>
                Reject…
              </ActButton>
              <ActButton why={whyNot} onPress={() => setAsked('approve')}>
                Agree…
              </ActButton>
            </>
          ) : null
        }
      />
      {of.status === 'pending' && whyNot !== undefined ? <p className="attention">{whyNot}</p> : null}
      {of.status !== 'pending' && of.reason !== null ? (
        <p className={styles['note']}>
          {waitsFor(of)}: {of.reason}
        </p>
      ) : null}
      <Section title="What is asked">
        <Lines of={of.request} />
      </Section>
      <Section title="Why">
        <Prose text={of.request.rationale} />
      </Section>
      <Section title="Who decides">
        <Levels of={of} />
        {of.request.expiresAt === null || of.status !== 'pending' ? null : (
          <p className="quiet">
            It falls back if nobody has decided it by <At at={of.request.expiresAt} />.
          </p>
        )}
      </Section>
      {asked ? <AnswerDialog of={of} decision={asked} onClose={() => setAsked(undefined)} /> : null}
      {delegates ? <DelegateDialog of={of} onClose={() => setDelegates(false)} /> : null}
    </div>
  );
};
