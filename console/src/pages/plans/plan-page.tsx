/** One plan: what would be done, the most dangerous first; equal changes in one line. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import {
  type Plan,
  type PlanGroup,
  planGroupsQuery,
  type PlanItem,
  planItemsQuery,
  planQuery,
} from '../../api/sync.ts';
import { entityWords } from '../../kit/entities.ts';
import { deciderWords } from '../../kit/decider.ts';
import detail from '../../kit/detail/detail.module.css';
import { DetailHead } from '../../kit/detail/detail-head.tsx';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { MarkedValue, valueWords } from '../../kit/marks/values.tsx';
import { At, When } from '../../kit/marks/when.tsx';
import { EntityLink, RecordLink } from '../../kit/record-link.tsx';
import { useMay } from '../../shell/use-session.ts';
import approvals from '../approvals/approvals.module.css';
import { dangerTitle, mustBeViewed } from '../approvals/words.ts';
import { fieldTitle } from '../poams/field-row.tsx';
import { ApplyPlan } from './apply-plan.tsx';
import { DangerWords, planName } from './plan-parts.tsx';

const verbs: Readonly<Record<PlanGroup['sample']['kind'], string>> = {
  create: 'creates',
  update: 'changes',
  link: 'links',
  missing: 'marks as missing',
  conflict: 'leaves to a person',
};

/** What all items of a group do, in a line. */
function groupWords({ sample, count }: PlanGroup): string {
  const where = sample.direction === 'outbound' ? `in ${sample.system ?? 'the other side'}` : 'here';
  const what = `${count.toLocaleString('en')} × ${verbs[sample.kind]} ${entityWords(sample.entity, 1)} ${where}`;
  if (sample.field === null || sample.kind !== 'update') return what;
  return `${what}: ${fieldTitle(sample.field)} → ${valueWords(sample.after) || 'nothing'}`;
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

const Group = ({ planId, of }: { readonly planId: string; readonly of: PlanGroup }) => {
  const [open, setOpen] = useState(false);
  return (
    <section className={approvals['group']} aria-label={groupWords(of)}>
      <div className={approvals['groupHead']}>
        <span className={mustBeViewed.has(of.danger) ? 'bad strong' : 'strong'}>
          {dangerTitle(of.danger)}
        </span>
        <span>{groupWords(of)}</span>
        <Button
          variant="default"
          size="compact-xs"
          ml="auto"
          aria-expanded={open}
          onClick={() => setOpen((before) => !before)}
        >
          {open ? 'Fold' : `Show ${of.count === 1 ? 'it' : 'them'}`}
        </Button>
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
        kept until <When at={of.expiresAt} />
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
          {items.length === 0 ? (
            <p className="quiet">
              Both sides agree, or what differs is left to a person: a sync would do nothing.
            </p>
          ) : (
            items.map((group) => <Group key={group.number} planId={of.planId} of={group} />)
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
            actions={may && of.appliedAt === null && of.items > 0 ? <ApplyPlan of={of} /> : null}
          />
          <Body of={of} />
        </div>
      )}
    </Loaded>
  );
};
