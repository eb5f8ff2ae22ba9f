/**
 * What the console asks: each list with its sorts, ready-made views and filters, its counts and facets, and the pages of records. The views
 * are those of console/src/pages; a test of neither holds them together, so a new view is added here by hand.
 */
import {
  approvalList,
  assetList,
  callList,
  conflictList,
  findingGroups,
  findingList,
  grantList,
  importList,
  type ListDefinition,
  matchList,
  milestoneList,
  operationList,
  outboxList,
  poamList,
  systemList,
  tokenList,
  userList,
} from '../../src/canonical/lists/index.ts';
import { filterPairs } from '../../src/platform/lists/index.ts';
import { assetFilters, findingFilters } from './filters.ts';

/** What is promised for it. */
export type Kind = 'list' | 'count' | 'facet' | 'detail';
export const aims: Record<Kind, number> = { list: 100, count: 300, facet: 300, detail: 50 };

export interface Case {
  readonly kind: Kind;
  readonly noun: string;
  /** Below /api/v1, with `{noun}` where the id of a record that its reader sees belongs. */
  readonly path: string;
}

interface Measured {
  readonly list: ListDefinition;
  /** As they are typed, the views of the console first. */
  readonly filters: readonly string[];
}

const measured: readonly Measured[] = [
  {
    list: findingList,
    filters: [
      ...findingFilters,
      'due=..30d state=open,reopened',
      'fixed=7d..',
      'seen=..30d state=open,reopened',
    ],
  },
  {
    list: assetList,
    filters: [
      ...assetFilters,
      'component=none system=any',
      'state=unreported,terminated,deleted',
      'first=7d..',
    ],
  },
  {
    list: poamList,
    filters: [
      '',
      'open=yes due=..30d',
      'overdue=yes',
      'agreement=approval',
      'agreement=conflict',
      'contradiction=yes',
      'open=yes findings=none',
      'system=SYS-009',
      'owner="ISSO 3"',
      'q="weakness 12"',
      'asset=host-000017',
      'plugin=10003',
      'severity=high status=open',
      'updated=7d..',
    ],
  },
  {
    list: milestoneList,
    filters: ['', 'open=yes due=..30d', 'overdue=yes', 'status=completed', 'poam=POAM-2026-00042'],
  },
  {
    list: systemList,
    filters: ['', 'overdue=1..', 'ends=..90d', 'sync=no', 'isso="ISSO 3"', 'q="system 1"'],
  },
  {
    list: conflictList,
    filters: [
      '',
      'type=field_mismatch',
      'type=missing_record,duplicate',
      'type=validation_rejected,unclear_outcome,stale_version',
      'age=..7d',
      'state=settled',
      'system=SYS-009',
      'field=status',
      'q=POAM-2026-0004',
    ],
  },
  {
    list: outboxList,
    filters: [
      '',
      'state=failed',
      'state=waiting',
      'attempts=2..',
      'state=confirmed',
      'state=dropped,superseded',
      'system=SYS-009',
    ],
  },
  {
    list: operationList,
    filters: [
      '',
      'status=in_progress',
      'status=failed,completed_with_issues',
      'type=sync',
      'type=update',
      'started=7d..',
      'connection=xacta',
    ],
  },
  {
    list: matchList,
    filters: ['', 'kind=component', 'kind=identity', 'kind=duplicate', 'state=settled', 'asset=host-0001'],
  },
  {
    list: approvalList,
    filters: ['', 'state=approved', 'state=rejected', 'state=withdrawn,expired', 'system=SYS-009'],
  },
  { list: importList, filters: ['', 'state=refused', 'q=scan-12', 'at=7d..'] },
  {
    list: callList,
    filters: ['', 'failed=yes', 'status=none', 'ms=2000..', 'connection=tenable', 'q=records/12'],
  },
  {
    list: userList,
    filters: ['', 'status=locked', 'role=admin', 'kind=service', 'kind=person signin=..90d'],
  },
  { list: grantList, filters: ['', 'role=admin', 'until=..30d', 'state=ended,revoked'] },
  { list: tokenList, filters: ['', 'ends=..14d', 'used=none', 'state=expired,revoked'] },
];

export const nouns: readonly string[] = measured.map(({ list }) => list.noun);

const details: Readonly<Record<string, readonly string[]>> = {
  findings: ['/findings/{findings}'],
  assets: [
    '',
    '/sources',
    '/exposure',
    '/context',
    '/components',
    '/history',
    '/identity',
    '/compliance',
  ].map((part) => `/assets/{assets}${part}`),
  poams: ['', '/history', '/comments'].map((part) => `/poams/{poams}${part}`),
  systems: ['', '/controls', '/components', '/history'].map((part) => `/systems/{systems}${part}`),
  conflicts: ['/conflicts/{conflicts}'],
  outbox: ['/outbox/{outbox}'],
  operations: ['/operations/{operations}', '/operations/{operations}/changes'],
  matches: ['/matches/{matches}'],
  approvals: ['/approvals/{approvals}', '/approvals/{approvals}/items'],
  imports: ['/imports/{imports}'],
  users: ['/users/{users}'],
  plugins: ['/plugins/{plugins}'],
};

const queryOf = (filters: string, more: Readonly<Record<string, string>>): string => {
  const query = new URLSearchParams([...filterPairs(filters), ...Object.entries(more)]).toString();
  return query === '' ? '' : `?${query}`;
};

function casesOf({ list, filters }: Measured): readonly Case[] {
  const { noun } = list;
  const sorts = list.sorts.flatMap((sort) => [sort, `-${sort}`]);
  // Findings are opened with a view as often as without.
  const sorted = sorts.flatMap((sort) =>
    (noun === 'findings' ? ['', filters[1] ?? ''] : ['']).map((filter) => ({ sort, filter })),
  );
  const facetFilters = noun === 'findings' ? filters.slice(0, 3) : filters.slice(0, 2);
  return [
    ...sorted.map(({ sort, filter }): Case => ({
      kind: 'list',
      noun,
      path: `/${noun}${queryOf(filter, { sort })}`,
    })),
    ...filters.map((filter): Case => ({ kind: 'list', noun, path: `/${noun}${queryOf(filter, {})}` })),
    ...filters.map((filter): Case => ({ kind: 'count', noun, path: `/${noun}/count${queryOf(filter, {})}` })),
    ...list.facets.flatMap((by) =>
      facetFilters.map((filter): Case => ({
        kind: 'facet',
        noun,
        path: `/${noun}/facets${queryOf(filter, { by })}`,
      })),
    ),
  ];
}

/** Every request of the measurement; each is asked as often as the others. */
export const cases: readonly Case[] = [
  ...measured.flatMap(casesOf),
  ...findingGroups.flatMap((by) =>
    ['', 'state=open,reopened'].map((filter): Case => ({
      kind: 'facet',
      noun: 'findings',
      path: `/findings/groups${queryOf(filter, { by })}`,
    })),
  ),
  ...['/me/badges', '/me/home', '/poams/board', '/me/inbox'].map((path): Case => ({
    kind: 'count',
    noun: 'home',
    path,
  })),
  ...Object.entries(details).flatMap(([noun, paths]) =>
    paths.map((path): Case => ({ kind: 'detail', noun, path })),
  ),
];
