/** POA&Ms whose review is late, and how often reviews are due. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { PoamRow } from '../../api/poams.ts';
import { reviewIntervalsQuery } from '../../api/work/tasks.ts';
import { ListPage } from '../../kit/list/list-page.tsx';
import type { ListSpec } from '../../kit/list/list-spec.ts';
import { useListState } from '../../kit/list/list-state.ts';
import type { Selection } from '../../kit/list/selection.ts';
import { useMay } from '../../shell/use-session.ts';
import { poamList } from '../poams/poam-list.tsx';
import { IntervalDialog } from './interval-dialog.tsx';
import { ReviewMany } from './review-poams.tsx';

const late = { open: 'yes', unreviewed: 'yes' };
const shown = ['id', 'weakness', 'severity', 'status', 'due', 'reviewed', 'findings', 'system', 'owner'];

// The views of POA&Ms would leave what this page is about.
const { viewStrip: _strip, ...base } = poamList;
const reviewList: ListSpec<PoamRow> = {
  ...base,
  views: [],
  columns: shown.flatMap((id) => {
    const column = poamList.columns.find((each) => each.id === id);
    if (!column) return [];
    const { extra: _extra, ...rest } = column;
    return [rest];
  }),
  words: {
    many: 'late reviews',
    nothingTitle: 'No review is late.',
    nothingYet: 'A review is due when the interval of the system has passed since the last one.',
  },
  opensPage: true,
};

const often = (days: number | null): string => (days === null ? 'never' : `every ${days} days`);

const Intervals = () => {
  const mayChange = useMay('policy:write');
  const [open, setOpen] = useState(false);
  const { data } = useQuery(reviewIntervalsQuery);
  const every = data?.find(({ boundary }) => boundary === null);
  const own = (data ?? []).filter(({ boundary }) => boundary !== null);
  return (
    <div style={{ display: 'flex', alignItems: 'center', gap: 12 }}>
      <span>
        <span className="quiet">Reviews are due: </span>
        {data === undefined ? '…' : every === undefined ? 'in no system' : often(every.days)}
        {own
          .slice(0, 4)
          .map(({ boundary, days }) => `; ${boundary} ${often(days)}`)
          .join('')}
        {own.length > 4 ? ` and ${own.length - 4} more systems` : ''}
      </span>
      {mayChange ? (
        <Button variant="default" size="compact-sm" onClick={() => setOpen(true)}>
          Change how often…
        </Button>
      ) : null}
      {open ? <IntervalDialog onClose={() => setOpen(false)} /> : null}
    </div>
  );
};

const Bulk = ({ selection }: { readonly selection: Selection }) => {
  const { filters } = useListState(late);
  return <ReviewMany selection={selection} filters={filters} />;
};

export const ReviewsPage = () => {
  const mayReview = useMay('poam:write');
  return (
    <ListPage
      spec={reviewList}
      title="POA&M reviews"
      fixed={late}
      nav={<Intervals />}
      tools={
        <Link to="/poams" search={{ open: 'yes', reviewed: 'any' }}>
          All that were reviewed
        </Link>
      }
      {...(mayReview ? { bulk: (selection: Selection) => <Bulk selection={selection} /> } : {})}
    />
  );
};
