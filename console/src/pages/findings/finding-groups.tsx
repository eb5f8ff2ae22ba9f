/** Findings under one heading each: plugin, asset, system, CVE, solution. A heading opens to its findings, under the same filters. */
import IconDown from '@tabler/icons-react/dist/esm/icons/IconChevronDown.mjs';
import IconRight from '@tabler/icons-react/dist/esm/icons/IconChevronRight.mjs';
import { Button } from '@mantine/core';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { get } from '../../api/http/client.ts';
import { type FindingGroupRow, type FindingRow, tellGroup, type ToldGroup } from '../../api/findings.ts';
import type { Page } from '../../api/lists.ts';
import { ListProblem } from '../../kit/list/list-states.tsx';
import type { ListState } from '../../kit/list/list-state.ts';
import { SeverityCounts, SeverityMark } from '../../kit/marks/severity.tsx';
import { Day, Due, When } from '../../kit/marks/when.tsx';
import { RecordLink } from '../../kit/record-link.tsx';
import type { Search } from '../../kit/search.ts';
import styles from './findings.module.css';
import { assetName } from './finding-list.tsx';
import { stateWords } from './words.ts';

export const groupNames = {
  plugin: 'plugin',
  asset: 'asset',
  system: 'system',
  cve: 'CVE',
  solution: 'solution',
} as const;
type Group = keyof typeof groupNames;
export const isGroup = (word: string | undefined): word is Group => word !== undefined && word in groupNames;

/** The filter that shows one group's findings. */
const filterOf = (group: Group, key: string): Search => ({ [group]: key });
const shownInside = 5;

const Inside = ({ group, row, filters }: { group: Group; row: FindingGroupRow; filters: Search }) => {
  const narrowed = { ...filters, ...filterOf(group, row.key) };
  const { data } = useQuery({
    queryKey: ['list', 'findings', 'inside', narrowed],
    queryFn: ({ signal }) =>
      get<Page<FindingRow>>('/findings', { query: { ...narrowed, limit: shownInside }, signal }),
  });
  if (!data)
    return (
      <tr className={styles['inner']}>
        <td />
        <td colSpan={8} className="quiet">
          Loading…
        </td>
      </tr>
    );
  return (
    <>
      {data.items.map((finding) => (
        <tr key={finding.key} className={styles['inner']}>
          <td />
          <td>{group === 'plugin' ? null : <SeverityMark of={finding.severity} />}</td>
          <td className={`${styles['groupName']} cut`}>
            <RecordLink kind="finding" id={finding.key}>
              {group === 'plugin' ? assetName(finding) : finding.name}
            </RecordLink>
          </td>
          <td colSpan={2} className="quiet">
            {stateWords[finding.state]}, seen <When at={finding.lastSeen} />
          </td>
          <td>{finding.systemIds.join(', ')}</td>
          <td />
          <td>
            <Day at={finding.firstFound} />
          </td>
          <td>
            <Due by={finding.dueOn} settled={finding.state === 'fixed'} />
          </td>
        </tr>
      ))}
      {row.findings > data.items.length ? (
        <tr className={styles['inner']}>
          <td />
          <td colSpan={8}>
            <Link to="/findings" search={{ ...narrowed, group: undefined }}>
              All {row.findings.toLocaleString('en')} findings
            </Link>
          </td>
        </tr>
      ) : null}
    </>
  );
};

const GroupRow = ({ group, row, filters }: { group: Group; row: FindingGroupRow; filters: Search }) => {
  const [open, setOpen] = useState(false);
  return (
    <>
      <tr>
        <td>
          <button
            type="button"
            className={styles['expand']}
            aria-expanded={open}
            aria-label={`Findings of ${row.title ?? row.key}`}
            onClick={() => setOpen(!open)}
          >
            {open ? <IconDown size={14} /> : <IconRight size={14} />}
          </button>
        </td>
        <td>
          <SeverityMark of={row.severity} />
        </td>
        <td className={`${styles['groupName']} cut`} title={row.title ?? row.key}>
          {group === 'plugin' ? (
            <RecordLink kind="plugin" id={row.key}>
              {row.title ?? row.key} <span className="quiet">{row.key}</span>
            </RecordLink>
          ) : (
            row.title
          )}
        </td>
        <td>
          <SeverityCounts counts={row.bySeverity} shown={['Critical', 'High', 'Medium', 'Low']} />
        </td>
        <td className={styles['end']}>{row.assets.toLocaleString('en')}</td>
        <td>{row.systems}</td>
        <td className={styles['end']}>{row.risk === null ? '' : row.risk.toFixed(0)}</td>
        <td>
          <Day at={row.firstFound} />
        </td>
      </tr>
      {open ? <Inside group={group} row={row} filters={filters} /> : null}
    </>
  );
};

const heads = ['', 'Worst', '', 'Findings', 'Assets', 'Systems', 'Risk', 'First found'];

const useGroups = (group: Group, filters: Search) =>
  useInfiniteQuery({
    queryKey: ['list', 'findings', 'groups', group, filters],
    queryFn: ({ pageParam, signal }) =>
      get<Page<ToldGroup>>('/findings/groups', {
        query: { ...filters, by: group, limit: 100, cursor: pageParam },
        signal,
      }).then(({ items, next }) => ({ items: items.map(tellGroup), next })),
    initialPageParam: undefined as string | undefined, // a key of the server's
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
  });

export const FindingGroups = ({
  group,
  filters,
  state,
}: {
  readonly group: Group;
  readonly filters: Search;
  readonly state: ListState;
}) => {
  const query = useGroups(group, filters);
  const rows = query.data?.pages.flatMap((page) => page.items) ?? [];
  if (query.isError) return <ListProblem error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <div
      className={styles['groups']}
      tabIndex={0}
      role="region"
      aria-label={`Findings by ${groupNames[group]}`}
    >
      <table className={styles['groupTable']}>
        <thead>
          <tr>
            {heads.map((head, index) => (
              <th
                key={head + String(index)}
                className={head === 'Assets' || head === 'Risk' ? styles['end'] : undefined}
                scope="col"
              >
                {index === 2 ? groupNames[group].replace(/^./, (letter) => letter.toUpperCase()) : head}
                {index === 0 ? <span className="hidden-text">Open</span> : null}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <GroupRow key={row.key} group={group} row={row} filters={filters} />
          ))}
        </tbody>
      </table>
      <div className={styles['more']} role="status">
        {query.isPending ? 'Loading…' : rows.length === 0 ? 'No findings match. ' : ''}
        {rows.length === 0 && query.isSuccess ? (
          <Button variant="default" onClick={() => state.setFilters({ system: undefined })}>
            Clear the filters
          </Button>
        ) : null}
        {query.hasNextPage ? (
          <Button
            variant="default"
            loading={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            Show more
          </Button>
        ) : null}
      </div>
    </div>
  );
};
