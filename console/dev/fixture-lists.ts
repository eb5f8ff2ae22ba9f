/** Definitions, pages, counts and facets over the rows of fixture-rows.ts. It filters words only: enough to look at pages. */
import {
  assetList,
  findingList,
  poamList,
  systemList,
  type ListDefinition,
} from '../../src/canonical/lists/index.ts';
import { decisionNouns } from './fixture-decisions.ts';
import { assets, dayIn, daysAgo, findings, milestones, poams, systems } from './fixture-rows.ts';

type Row = Readonly<Record<string, unknown>>;
const countOf = (counts: Record<string, number>, severity: string): number => counts[severity] ?? 0;

const openByAsset = Map.groupBy(
  findings.filter(({ state }) => state !== 'fixed'),
  ({ assetUuid }) => assetUuid,
);
export const severityCounts = (of: readonly { readonly severity: string }[]): Record<string, number> => {
  const counts: Record<string, number> = { Critical: 0, High: 0, Medium: 0, Low: 0, Info: 0 };
  for (const { severity } of of) counts[severity] = countOf(counts, severity) + 1;
  return counts;
};
const openOf = (of: readonly { readonly severity: string }[]) => {
  const counts = severityCounts(of);
  return {
    openCritical: counts['Critical'] ?? 0,
    openHigh: counts['High'] ?? 0,
    openMedium: counts['Medium'] ?? 0,
    openLow: counts['Low'] ?? 0,
    openInfo: counts['Info'] ?? 0,
  };
};
const assetRows = assets.map((asset) => ({
  ...asset,
  ...openOf(openByAsset.get(asset.assetUuid) ?? []),
  accepted: 0,
}));
const lowered = (counts: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(counts).map(([name, count]) => [name.toLowerCase(), count]));
const systemRows = systems.map(({ id, name }, index) => {
  const mine = findings.filter((finding) => finding.systemIds.includes(id) && finding.state !== 'fixed');
  const promised = poams.filter((poam) => poam.systemId === id);
  return {
    systemId: id,
    remoteId: `X-${index}`,
    name,
    impact: { confidentiality: 'Moderate', integrity: 'High', availability: 'Moderate', overall: 'High' },
    status: index === 3 ? 'Denied' : 'Authorized',
    isso: ['J. Doe', 'K. Lindqvist', 'A. Okafor'][index % 3],
    authorizingOfficial: 'M. Ray',
    components: { linked: 20 + index, all: 24 + index * 2 },
    assets: assets.filter(({ systemIds }) => systemIds.includes(id)).length,
    open: lowered(severityCounts(mine)),
    poams: {
      open: promised.filter(({ isOpen }) => isOpen).length,
      overdue: promised.filter(({ isOverdue }) => isOverdue).length,
    },
    severeSince: mine.find(({ severity }) => severity === 'Critical')?.firstFound ?? null,
    authorizationEnds: dayIn(index * 70 - 10),
    lastScan: daysAgo(index / 12),
    lastSync: daysAgo(0.007),
    sync: { isOn: index !== 5, why: index === 5 ? 'excluded' : null },
  };
});

export const nouns: Record<string, { definition: ListDefinition; rows: readonly Row[]; key: string }> = {
  findings: { definition: findingList, rows: findings, key: 'key' },
  assets: { definition: assetList, rows: assetRows, key: 'assetUuid' },
  poams: { definition: poamList, rows: poams, key: 'poamId' },
  systems: { definition: systemList, rows: systemRows, key: 'systemId' },
  milestones: { definition: { ...poamList, noun: 'milestones' }, rows: milestones, key: 'id' },
  ...decisionNouns,
};

const named = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : 'none';
const fields: Record<string, string> = {
  plugin: 'pluginId',
  asset: 'assetUuid',
  system: 'systemId',
  poam: 'poamId',
};
const flags: Record<string, string> = {
  open: 'isOpen',
  overdue: 'isOverdue',
  exploit: 'hasExploit',
  sync: 'isSynced',
};
const valueOf = (row: Row, name: string): string => {
  const ids = row['systemIds'];
  return name === 'system' && Array.isArray(ids) ? named(ids[0]) : named(row[fields[name] ?? name]);
};
const keptAside = new Set(['sort', 'limit', 'cursor', 'by', 'columns']);

export function filtered(noun: string, query: URLSearchParams): readonly Row[] {
  const { rows, definition } = nouns[noun] ?? { rows: [], definition: undefined };
  const terms = [...query].filter(([name]) => !keptAside.has(name));
  return rows.filter((row) =>
    terms.every(([name, text]) => {
      if (name === 'q') return JSON.stringify(row).toLowerCase().includes(text.toLowerCase());
      const kind = definition?.filters[name]?.kind;
      const flag = flags[name];
      if (flag !== undefined && typeof row[flag] === 'boolean') return row[flag] === (text === 'yes');
      const value = valueOf(row, name);
      if (kind !== 'choice' && kind !== 'word') return true;
      const among = text.replace(/^!/, '').toLowerCase().split(',').includes(value.toLowerCase());
      return text.startsWith('!') ? !among : among;
    }),
  );
}

export function page(noun: string, query: URLSearchParams) {
  const limit = Number(query.get('limit') ?? 100);
  const from = Number(query.get('cursor') ?? 0);
  const rows = filtered(noun, query);
  return {
    items: rows.slice(from, from + limit),
    next: from + limit < rows.length ? String(from + limit) : null,
  };
}

export function facets(noun: string, query: URLSearchParams) {
  const rows = filtered(noun, query);
  const by = (query.get('by') ?? '').split(',').filter(Boolean);
  return {
    facets: Object.fromEntries(
      by.map((field) => {
        const groups = Map.groupBy(rows, (row) => valueOf(row, field));
        return [
          field,
          Object.fromEntries([...groups].map(([value, of]) => [value, { count: of.length, exact: true }])),
        ];
      }),
    ),
  };
}

export function groups(query: URLSearchParams) {
  const by = query.get('by') ?? 'plugin';
  const rows = filtered('findings', query) as readonly (typeof findings)[number][]; // the rows of findings
  type Finding = (typeof findings)[number];
  const keyOf = (row: Finding): string =>
    by === 'asset' ? row.assetUuid : by === 'system' ? (row.systemIds[0] ?? 'none') : row.pluginId;
  const titleOf = (row: Finding): string | null =>
    by === 'asset' ? row.assetName : by === 'system' ? (row.systemIds[0] ?? null) : row.name;
  return {
    items: [...Map.groupBy(rows, keyOf)].flatMap(([key, of]) => {
      const first = of[0];
      if (!first) return [];
      return [
        {
          key,
          title: titleOf(first),
          severity: first.severity,
          bySeverity: severityCounts(of),
          findings: of.length,
          assets: new Set(of.map(({ assetUuid }) => assetUuid)).size,
          systemIds: [...new Set(of.flatMap(({ systemIds }) => systemIds))],
          firstFound: of.map(({ firstFound }) => firstFound).toSorted()[0],
          dueOn: first.dueOn,
        },
      ];
    }),
    next: null,
  };
}
