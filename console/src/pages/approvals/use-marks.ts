/** What a person viewed, kept by the server by content: a group that is the same in a later plan or approval is viewed; and what is chosen. */
import { type QueryKey, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type ApprovalDetail, approvalQuery, viewApprovalGroup } from '../../api/decisions/approvals.ts';
import { problemOf } from '../../api/http/problem.ts';
import { tell } from '../../kit/notice.tsx';
import type { Marks } from './change-group.tsx';
import { plural } from '../../kit/plural.ts';
import { mustBeViewed } from './words.ts';

interface Viewable {
  readonly danger: string;
  readonly sha256: string;
  readonly viewedAt: string | null;
}

export const viewedOf = (groups: readonly Viewable[]): ReadonlySet<string> =>
  new Set(groups.filter(({ viewedAt }) => viewedAt !== null).map(({ sha256 }) => sha256));

/** How many dangerous groups have not been looked at, as a reason why nothing can be done yet. */
export function unseenWords(groups: readonly Viewable[]): string | undefined {
  const unseen = groups.filter(
    ({ danger, viewedAt }) => mustBeViewed.has(danger) && viewedAt === null,
  ).length;
  return unseen === 0
    ? undefined
    : `Look at the dangerous changes first: ${plural(unseen, 'group')} not marked as viewed.`;
}

/** Shows the mark at once, and takes it back where the server refuses it. @param groupsIn where what is kept under the key holds its groups. */
export function useViewed<Kept>(
  queryKey: QueryKey,
  groupsIn: (kept: Kept, change: <Group extends Viewable>(of: Group) => Group) => Kept,
  save: (sha256: string, viewed: boolean) => Promise<void>,
) {
  const queryClient = useQueryClient();
  return async (sha256: string, viewed: boolean): Promise<void> => {
    const mark = <Group extends Viewable>(of: Group): Group =>
      of.sha256 === sha256 ? { ...of, viewedAt: viewed ? new Date().toISOString() : null } : of;
    // An answer that is on its way knows nothing of the mark yet.
    await queryClient.cancelQueries({ queryKey, exact: true });
    queryClient.setQueryData<Kept>(queryKey, (kept) => (kept === undefined ? kept : groupsIn(kept, mark)));
    try {
      await save(sha256, viewed);
    } catch (error) {
      tell(problemOf(error).message);
      await queryClient.invalidateQueries({ queryKey });
    }
  };
}

const nothing: ReadonlySet<string> = new Set();
const withOrWithout = (set: ReadonlySet<string>, key: string, on: boolean): ReadonlySet<string> => {
  const next = new Set(set);
  if (on) next.add(key);
  else next.delete(key);
  return next;
};

export function useMarks(of: ApprovalDetail, mayChoose: boolean): Marks & { readonly clear: () => void } {
  const { approvalId, contentSha256 } = of;
  // Of what was shown then: where that has changed, nothing of it is chosen any more.
  const [choice, setChoice] = useState({ of: contentSha256, records: nothing });
  const chosen = choice.of === contentSha256 ? choice.records : nothing;
  const choose = (records: ReadonlySet<string>): void => setChoice({ of: contentSha256, records });
  const view = useViewed<ApprovalDetail>(
    approvalQuery(approvalId).queryKey,
    (kept, change) => ({ ...kept, groups: kept.groups.map(change) }),
    (sha256, viewed) => viewApprovalGroup(approvalId, sha256, viewed),
  );
  return {
    viewed: viewedOf(of.groups),
    chosen,
    mayChoose,
    setViewed: (sha256, on) => void view(sha256, on),
    setChosen: (record, on) => choose(withOrWithout(chosen, record, on)),
    clear: () => choose(nothing),
  };
}
