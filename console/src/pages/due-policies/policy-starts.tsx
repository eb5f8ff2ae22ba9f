/** Policies that begin, and whether they date what was open before: the plans that people approve or reject. */
import { Link } from '@tanstack/react-router';
import type { DuePolicy } from '../../api/decisions/due-policies.ts';
import detail from '../../kit/detail/detail.module.css';
import { At } from '../../kit/marks/when.tsx';
import { RecordLink } from '../../kit/record-link.tsx';
import { useSession } from '../../shell/use-session.ts';
import { shownVersion } from './words.ts';

type Start = DuePolicy['starts'][number];

const states: Readonly<Record<Start['status'], string>> = {
  pending: 'waits for approval',
  approved: 'approved',
  rejected: 'rejected: it dates only what is found from that day on',
  withdrawn: 'lapsed: its plan changed, or it moves nothing any more',
  expired: 'nobody decided it in time',
};

const StartRow = ({ of, policy }: { readonly of: Start; readonly policy: DuePolicy }) => {
  const { boundaries } = useSession();
  return (
    <tr>
      <td>
        <Link to="/setup/due-policies/policy/$policyId" params={{ policyId: policy.policyId }}>
          {shownVersion(policy)?.title ?? policy.policyId}
        </Link>{' '}
        <span className="quiet">version {of.version}</span>
      </td>
      <td>
        <RecordLink kind="system" id={of.systemId}>
          {boundaries.find(({ id }) => id === of.systemId)?.name ?? of.systemId}
        </RecordLink>
      </td>
      <td>{of.what}</td>
      <td className={of.status === 'pending' ? 'attention strong' : ''}>
        <RecordLink kind="approval" id={of.approvalId}>
          {states[of.status]}
        </RecordLink>
        {of.decidedBy === null ? null : (
          <div className="quiet">
            {of.decidedBy}
            {of.reason === null ? '' : `: ${of.reason}`}
          </div>
        )}
      </td>
      <td>
        <At at={of.askedAt} />
      </td>
    </tr>
  );
};

export const PolicyStarts = ({ of }: { readonly of: readonly DuePolicy[] }) => {
  const starts = of.flatMap((policy) => policy.starts.map((start) => ({ policy, start })));
  return starts.length === 0 ? (
    <p className="quiet">No policy that begins within 30 days would date an open POA&M earlier.</p>
  ) : (
    <div className={detail['scrollX']} tabIndex={0} role="region" aria-label="Policies that begin">
      <table className={detail['table']}>
        <thead>
          <tr>
            <th scope="col">Policy</th>
            <th scope="col">System</th>
            <th scope="col">What it would do</th>
            <th scope="col">Plan</th>
            <th scope="col">Asked</th>
          </tr>
        </thead>
        <tbody>
          {starts.map(({ policy, start }) => (
            <StartRow key={start.approvalId} of={start} policy={policy} />
          ))}
        </tbody>
      </table>
    </div>
  );
};
