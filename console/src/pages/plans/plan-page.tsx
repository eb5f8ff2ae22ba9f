/** One plan: what would be done, the most dangerous first; equal changes in one line. */
import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import {
  type Plan,
  type PlanGroup,
  planGroupsQuery,
  type PlanItem,
  planItemsQuery,
  planQuery,
  viewPlanGroup,
} from '../../api/sync.ts';
import { entityWords } from '../../kit/entities.ts';
import { deciderWords } from '../../kit/decider.ts';
import detail from '../../kit/detail/detail.module.css';
import { DetailHead } from '../../kit/detail/detail-head.tsx';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { useKeys } from '../../kit/keys.ts';
import { MarkedValue, valueWords } from '../../kit/marks/values.tsx';
import { At, When } from '../../kit/marks/when.tsx';
import { EntityLink, RecordLink } from '../../kit/record-link.tsx';
import { useMay } from '../../shell/use-session.ts';
import approvals from '../approvals/approvals.module.css';
import { unseenWords, useViewed } from '../approvals/use-marks.ts';
import { dangerTitle, mustBeViewed } from '../approvals/words.ts';
import { fieldTitle } from '../poams/field-row.tsx';
import { ApplyPlan } from './apply-plan.tsx';
import { DangerWords, planName } from './plan-parts.tsx';

interface Groups {
  readonly items: readonly PlanGroup[];
  readonly next: number | null;
}

const verbs: Readonly<Record<PlanGroup['sample']['kind'], string>> = {
  create: 'Creates',
  update: 'Changes',
  link: 'Links',
  missing: 'Marks as missing',
  conflict: 'Leaves to a person',
};

/** What all items of a group do, in a line; of one alone, which it is. */
function groupWords({ sample, count }: PlanGroup): string {
  const { kind, entity, record, direction, system, field, after } = sample;
  const which =
    count === 1 && kind !== 'create' ? record : `${count.toLocaleString('en')} ${entityWords(entity, count)}`;
  const where = direction === 'outbound' ? `in ${system ?? 'the other side'}` : 'here';
  const what =
    kind === 'conflict' || kind === 'missing'
      ? `${verbs[kind]}: ${which}`
      : `${verbs[kind]} ${which} ${where}`;
  return field === null || kind !== 'update'
    ? what
    : `${what}: ${fieldTitle(field)} → ${valueWords(after) || 'nothing'}`;
}

const Items = ({ planId, group }: { readonly planId: string; readonly group: number }) => (
  <Loaded query={useQuery(planItemsQuery(planId, group))}>
    {({ items, next }) => (
      <>
        <table className={detail['table']}>
          <thead>
            <tr>
              <th scope="col">Record</th>
              <th scope="col">Field</th>
              <th scope="col">Before</th>
              <th scope="col">After</th>
              <th scope="col">Why</th>
            </tr>
          </thead>
          <tbody>
            {items.map((each) => (
              <ItemRow key={each.number} of={each} />
            ))}
          </tbody>
        </table>
        {next === null ? null : (
          <p className="quiet">These are the first {items.length}; the others do the same.</p>
        )}
      </>
    )}
  </Loaded>
);

const ItemRow = ({ of: { item, title, entityId } }: { readonly of: PlanItem }) => (
  <tr>
    <td>
      <EntityLink entity={item.kind === 'create' ? '' : item.entity} id={entityId ?? item.record}>
        {item.record}
      </EntityLink>
      {title === null ? null : <div className="quiet">{title}</div>}
    </td>
    <td>{item.field === null ? 'The record' : fieldTitle(item.field)}</td>
    <td>
      <MarkedValue of={item.before} against={item.after} as="removed" />
    </td>
    <td>
      <MarkedValue of={item.after} against={item.before} as="added" />
    </td>
    <td>
      {item.reason}
      <div className="quiet">
        {deciderWords(item.decidedBy)}
        {item.needsApproval ? '; waits for approval before it is sent' : ''}
      </div>
    </td>
  </tr>
);

/** Marks groups of the plan as viewed, for the reader. */
function useViewGroup(planId: string) {
  const { queryKey } = planGroupsQuery(planId);
  const queryClient = useQueryClient();
  return useViewed<Groups>(
    queryKey,
    (kept, change) => ({ ...kept, items: kept.items.map(change) }),
    async (sha256, viewed) => {
      const group = queryClient.getQueryData<Groups>(queryKey)?.items.find((each) => each.sha256 === sha256);
      if (group) await viewPlanGroup(planId, group.number, viewed);
    },
  );
}

const Group = ({
  planId,
  of,
  onView,
}: {
  readonly planId: string;
  readonly of: PlanGroup;
  readonly onView: ((viewed: boolean) => void) | undefined;
}) => {
  const [open, setOpen] = useState(false);
  const viewed = of.viewedAt !== null;
  return (
    <section
      className={approvals['group']}
      data-group={of.sha256}
      data-viewed={viewed}
      aria-label={groupWords(of)}
    >
      <div className={approvals['groupHead']}>
        <span className={mustBeViewed.has(of.danger) ? 'bad strong' : 'strong'}>
          {dangerTitle(of.danger)}
        </span>
        <span>{groupWords(of)}</span>
        <Button
          variant="default"
          size="compact-xs"
          aria-expanded={open}
          onClick={() => setOpen((before) => !before)}
        >
          {open ? 'Fold' : `Show ${of.count === 1 ? 'it' : 'them'}`}
        </Button>
        {onView ? (
          <label>
            <input
              type="checkbox"
              checked={viewed}
              onChange={(event) => onView(event.currentTarget.checked)}
            />
            Viewed <kbd>v</kbd>
          </label>
        ) : null}
      </div>
      {open ? <Items planId={planId} group={of.number} /> : null}
    </section>
  );
};

const Marks = ({ of }: { readonly of: Plan }) => (
  <>
    <span>
      <span className="quiet">made </span>
      <At at={of.madeAt} /> <span className="quiet">by {of.madeBy}</span>
    </span>
    <span>
      <span className="quiet">over </span>
      {of.systems.join(', ')}
      {of.full ? ', in full' : ''}
    </span>
    {of.appliedAt === null ? (
      <span className="quiet">
        kept until <At at={of.expiresAt} />
      </span>
    ) : (
      <span className="good">
        applied by {of.appliedBy} <When at={of.appliedAt} />
      </span>
    )}
    <span className="mono quiet" title="SHA-256 of what it shows: exactly this is applied, or nothing">
      sha256 {of.sha256.slice(0, 12)}…
    </span>
    {of.operationId === null ? null : (
      <RecordLink kind="operation" id={of.operationId}>
        How it was made
      </RecordLink>
    )}
    {of.appliedOperationId === null ? null : (
      <RecordLink kind="operation" id={of.appliedOperationId}>
        What it did
      </RecordLink>
    )}
  </>
);

const Notes = ({ of }: { readonly of: Plan }) => (
  <>
    {of.itemsOutside === 0 ? null : (
      <p className={approvals['note']}>
        {of.itemsOutside.toLocaleString('en')} more changes are about records that are not yours; they are
        neither shown nor counted here, and only who may see all of a plan can apply it.
      </p>
    )}
    {of.sendingPaused.length === 0 ? null : (
      <p className={approvals['note']}>
        Nothing is sent to {of.sendingPaused.join(', ')}: sending is paused there.
      </p>
    )}
    {of.leftOut.length === 0 ? null : (
      <p className={approvals['note']}>Left out, because they are paused: {of.leftOut.join(', ')}.</p>
    )}
  </>
);

/** `v` marks the group that has the focus, else the first that is not yet viewed. */
function useViewKey(groups: readonly PlanGroup[], view: (of: PlanGroup) => void): void {
  const mark = (): void => {
    const focused = document.activeElement?.closest<HTMLElement>('[data-group]')?.dataset['group'];
    const group = groups.find(({ sha256, viewedAt }) =>
      focused === undefined ? viewedAt === null : sha256 === focused,
    );
    if (group) view(group);
  };
  useKeys('This plan', [{ press: 'v', does: 'Mark the changes as viewed', run: mark }]);
}

const GroupList = ({ of, groups }: { readonly of: Plan; readonly groups: readonly PlanGroup[] }) => {
  const view = useViewGroup(of.planId);
  const isOpen = of.appliedAt === null;
  useViewKey(groups, (group) => void (isOpen && view(group.sha256, group.viewedAt === null)));
  return groups.map((group) => (
    <Group
      key={group.number}
      planId={of.planId}
      of={group}
      onView={isOpen ? (viewed) => void view(group.sha256, viewed) : undefined}
    />
  ));
};

const Body = ({ of }: { readonly of: Plan }) => (
  <>
    {of.items === 0 ? null : (
      <p>
        <DangerWords of={of} />
      </p>
    )}
    <Notes of={of} />
    <Loaded query={useQuery(planGroupsQuery(of.planId))}>
      {({ items, next }) => (
        <>
          {of.appliedAt === null && unseenWords(items) !== undefined ? (
            <p className="quiet">{unseenWords(items)}</p>
          ) : null}
          {items.length === 0 ? (
            <p className="quiet">
              Both sides agree, or what differs is left to a person: a sync would do nothing.
            </p>
          ) : (
            <GroupList of={of} groups={items} />
          )}
          {next === null ? null : (
            <p className="quiet">
              There are more kinds of change than the first {items.length}: see them with{' '}
              <code>tieline plans show {planName(of)} --limit 10000</code>.
            </p>
          )}
        </>
      )}
    </Loaded>
  </>
);

const Apply = ({ of }: { readonly of: Plan }) => {
  const { data } = useQuery(planGroupsQuery(of.planId));
  const last = data?.items.at(-1);
  const whyNot =
    data === undefined
      ? 'What it would do is not shown yet.'
      : data.next !== null && last !== undefined && mustBeViewed.has(last.danger)
        ? `It has more dangerous changes than are shown here: tieline plans show ${planName(of)} --limit 10000`
        : unseenWords(data.items);
  return <ApplyPlan of={of} whyNot={whyNot} />;
};

export const PlanPage = () => {
  const { planId = '' } = useParams({ strict: false });
  const may = useMay('plan:apply');
  return (
    <Loaded query={useQuery(planQuery(planId))} whole>
      {(of) => (
        <div className={detail['page']}>
          <DetailHead
            parent={{ to: '/plans', title: 'Plans' }}
            title={`Plan ${planName(of)}: ${of.items.toLocaleString('en')} ${of.items === 1 ? 'change' : 'changes'}`}
            marks={<Marks of={of} />}
            actions={may && of.appliedAt === null && of.items > 0 ? <Apply of={of} /> : null}
          />
          <Body of={of} />
        </div>
      )}
    </Loaded>
  );
};
