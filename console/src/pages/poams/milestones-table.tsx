import type { ReactNode } from 'react';
import type { MilestoneView, PoamDetail } from '../../api/poams.ts';
import styles from '../../kit/detail/detail.module.css';
import { type Agreement, AgreementMark } from '../../kit/marks/agreement.tsx';
import { Day, Due } from '../../kit/marks/when.tsx';
import own from './poam.module.css';

/** One that was added here is `sending` until the GRC system has it, together with its POA&M or by the next sync. */
function agreementOf(of: PoamDetail, { id, remoteId }: MilestoneView): Agreement {
  const own = of.obstacles.find((each) => each.entity === 'milestone' && each.entityId === id);
  if (own) return own.agreement;
  if (remoteId !== null) return 'agreed';
  return of.remotes.length > 0 && of.poam.agreement !== 'agreed' ? 'sending' : 'unlinked';
}

export const MilestonesTable = ({
  of,
  actions,
}: {
  readonly of: PoamDetail;
  /** What may be done with one; absent: nothing. */
  readonly actions?: (milestone: MilestoneView) => ReactNode;
}) =>
  of.milestones.length === 0 ? (
    <p className="quiet">It has no milestone.</p>
  ) : (
    <table className={`${styles['table']} ${own['milestones']}`}>
      <thead>
        <tr>
          <th scope="col">Milestone</th>
          <th scope="col">Planned</th>
          <th scope="col">Completed</th>
          <th scope="col">Status</th>
          <th scope="col">Agreement</th>
          {actions ? <th scope="col">Actions</th> : null}
        </tr>
      </thead>
      <tbody>
        {of.milestones.map((milestone) => (
          <tr key={milestone.id}>
            <td>
              {milestone.description}
              {milestone.comments === null ? null : <div className="quiet">{milestone.comments}</div>}
            </td>
            <td>
              <Due by={milestone.due} settled={!milestone.isOpen} withDay />
            </td>
            <td>
              <Day at={milestone.completed} />
            </td>
            <td>{milestone.status}</td>
            <td>
              <AgreementMark of={agreementOf(of, milestone)} />
            </td>
            {actions ? <td>{actions(milestone)}</td> : null}
          </tr>
        ))}
      </tbody>
    </table>
  );
