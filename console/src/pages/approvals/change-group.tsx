/** Changes that do the same to many records: a sample, or all of them; each before → after, and why. */
import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { withoutId } from '../../kit/titles.ts';
import { type ApprovalGroup, type ApprovalItem, fetchItems } from '../../api/decisions/approvals.ts';
import detail from '../../kit/detail/detail.module.css';
import { problemOf } from '../../api/http/problem.ts';
import { AnyValue, MarkedValue, nameWords } from '../../kit/marks/values.tsx';
import { When } from '../../kit/marks/when.tsx';
import { EntityLink } from '../../kit/record-link.tsx';
import { fieldTitle } from '../poams/field-row.tsx';
import styles from './approvals.module.css';
import { plural } from '../../kit/plural.ts';
import { dangerTitle, mustBeViewed, recordOf } from './words.ts';

/** As many as one answer holds. */
const pageSize = 500;

export interface Marks {
  readonly viewed: ReadonlySet<string>;
  readonly setViewed: (sha256: string, on: boolean) => void;
  readonly chosen: ReadonlySet<string>;
  readonly setChosen: (record: string, on: boolean) => void;
  /** Undefined where nothing is to be decided any more. */
  readonly mayChoose: boolean;
}

const Change = ({ of }: { readonly of: ApprovalItem }) => {
  const lines = of.lines.map(({ field, before, after }) => ({ field, before: before ?? null, after }));
  if (of.field === null)
    return (
      <td colSpan={3}>
        {lines.length === 0 ? (
          <AnyValue of={of.after} />
        ) : (
          lines.map((line) => (
            <div key={line.field} className={styles['line']}>
              <span className="quiet">{nameWords(line.field)}</span>
              <AnyValue of={line.after} />
            </div>
          ))
        )}
      </td>
    );
  const [line] = lines;
  const before = line ? line.before : of.before;
  const after = line ? line.after : of.after;
  return (
    <>
      <td>{fieldTitle(of.field)}</td>
      <td>
        <MarkedValue of={before} against={after} as="removed" />
      </td>
      <td>
        <MarkedValue of={after} against={before} as="added" />
      </td>
    </>
  );
};

const Row = ({ of, marks }: { readonly of: ApprovalItem; readonly marks: Marks }) => (
  <tr>
    <td className={styles['check']}>
      {marks.mayChoose ? (
        <input
          type="checkbox"
          aria-label={`Choose ${of.entityId}`}
          checked={marks.chosen.has(recordOf(of))}
          onChange={(event) => marks.setChosen(recordOf(of), event.currentTarget.checked)}
        />
      ) : null}
    </td>
    <td>
      <EntityLink entity={of.entity} id={of.entityId}>
        {of.entityId}
      </EntityLink>
      <div className="quiet">{withoutId(of.title, of.entityId)}</div>
    </td>
    <Change of={of} />
    <td>
      {of.edit === null ? (
        of.reason
      ) : (
        <>
          {of.edit.reason ?? <span className="quiet">no reason given</span>}
          <div className="quiet">
            {of.edit.by}, <When at={of.edit.at} />
          </div>
        </>
      )}
    </td>
  </tr>
);

/** All items of a group, by as many numbers at a time as an answer holds. */
function useItems(approvalId: string, group: ApprovalGroup, all: boolean) {
  return useInfiniteQuery({
    queryKey: ['approvals', approvalId, 'items', group.sha256],
    queryFn: ({ pageParam, signal }) =>
      fetchItems(approvalId, group.items.slice(pageParam, pageParam + pageSize), signal),
    initialPageParam: 0,
    getNextPageParam: (_page, _pages, from) =>
      from + pageSize < group.items.length ? from + pageSize : undefined,
    enabled: all,
    staleTime: 60_000,
  });
}

const Foot = ({
  group,
  shown,
  all,
  onAll,
  query,
}: {
  readonly group: ApprovalGroup;
  readonly shown: number;
  readonly all: boolean;
  readonly onAll: (all: boolean) => void;
  readonly query: ReturnType<typeof useItems>;
}) => {
  if (group.count <= group.sample.length) return null;
  const left = group.count - shown;
  return (
    <div className={styles['foot']}>
      {query.error ? (
        <p className="bad" role="alert">
          {problemOf(query.error).message}
        </p>
      ) : null}
      {all ? (
        <>
          {query.hasNextPage ? (
            <Button
              variant="default"
              loading={query.isFetchingNextPage}
              onClick={() => void query.fetchNextPage()}
            >
              Show {Math.min(left, pageSize).toLocaleString('en')} more
            </Button>
          ) : null}{' '}
          <Button variant="default" onClick={() => onAll(false)}>
            Show the sample only
          </Button>
        </>
      ) : (
        <>
          <span className="quiet">A sample of {group.sample.length}. </span>
          <Button variant="default" onClick={() => onAll(true)}>
            Show all {group.count.toLocaleString('en')}
          </Button>
        </>
      )}
    </div>
  );
};

const Head = ({ group, marks }: { readonly group: ApprovalGroup; readonly marks: Marks }) => (
  <div className={styles['groupHead']}>
    <h3 className={mustBeViewed.has(group.danger) ? 'attention' : ''}>
      {mustBeViewed.has(group.danger) ? <span aria-hidden="true">▲ </span> : null}
      {dangerTitle(group.danger)}
    </h3>
    <span>{group.count === 1 ? 'one change' : `the same on ${plural(group.count, 'record')}`}</span>
    <label>
      <input
        type="checkbox"
        checked={marks.viewed.has(group.sha256)}
        onChange={(event) => marks.setViewed(group.sha256, event.currentTarget.checked)}
      />
      Viewed <kbd>v</kbd>
    </label>
  </div>
);

export const ChangeGroup = ({
  approvalId,
  group,
  marks,
}: {
  readonly approvalId: string;
  readonly group: ApprovalGroup;
  readonly marks: Marks;
}) => {
  const [all, setAll] = useState(false);
  const query = useItems(approvalId, group, all);
  const loaded = query.data?.pages.flatMap(({ items }) => items);
  const items = all && loaded ? loaded : group.sample;
  return (
    <section
      className={styles['group']}
      data-group={group.sha256}
      data-viewed={marks.viewed.has(group.sha256)}
      aria-label={`${dangerTitle(group.danger)}, ${group.count}`}
    >
      <Head group={group} marks={marks} />
      <div className={detail['scrollX']} tabIndex={0} role="region" aria-label="Changes, to scroll">
        <table className={detail['table']}>
          <thead>
            <tr>
              <th scope="col">
                <span className="hidden-text">Chosen</span>
              </th>
              <th scope="col">Record</th>
              <th scope="col">Field</th>
              <th scope="col">Before</th>
              <th scope="col">After</th>
              <th scope="col">Why</th>
            </tr>
          </thead>
          <tbody>
            {items.map((item) => (
              <Row key={item.number} of={item} marks={marks} />
            ))}
          </tbody>
        </table>
      </div>
      <Foot group={group} shown={items.length} all={all} onAll={setAll} query={query} />
    </section>
  );
};
