/** Definitions, pages, counts and facets over the rows of fixture-rows.ts. It filters words only: enough to look at pages. */
import {
  assetList,
  findingList,
  poamList,
  systemList,
  type ListDefinition,
} from '../../src/canonical/lists/index.ts';
import { assets, findings, poams, systems } from './fixture-rows.ts';

type Row = Readonly<Record<string, unknown>>;
const countOf = (counts: Record<string, number>, severity: string): number => counts[severity] ?? 0;

const openByAsset = Map.groupBy(
  findings.filter(({ state }) => state !== 'fixed'),
  ({ asset }) => asset.uuid,
);
export const severityCounts = (of: readonly { readonly severity: string }[]): Record<string, number> => {
  const counts: Record<string, number> = { Critical: 0, High: 0, Medium: 0, Low: 0, Info: 0 };
  for (const { severity } of of) counts[severity] = countOf(counts, severity) + 1;
  return counts;
};
const assetRows = assets.map((asset) => ({
  ...asset,
  open: severityCounts(openByAsset.get(asset.uuid) ?? []),
}));
const systemRows = systems.map(({ id, name }, index) => {
  const mine = findings.filter((finding) => finding.system?.id === id && finding.state !== 'fixed');
  const promised = poams.filter((poam) => poam.system.id === id);
  return {
    id,
    name,
    impact: { confidentiality: 'Moderate', integrity: 'High', availability: 'Moderate' },
    status: index === 3 ? 'Denied' : 'Authorized',
    isso: ['J. Doe', 'K. Lindqvist', 'A. Okafor'][index % 3],
    ao: 'M. Ray',
    components: { linked: 20 + index, all: 24 + index * 2 },
    assets: assets.filter(({ system }) => system?.id === id).length,
    open: severityCounts(mine),
    poams: {
      open: promised.filter(({ status }) => status !== 'Completed').length,
      overdue: promised.filter(
        ({ scheduledCompletion }) => (scheduledCompletion ?? '9') < new Date().toISOString(),
      ).length,
    },
    oldestCritical: mine.find(({ severity }) => severity === 'Critical')?.firstFound ?? null,
    authorizationEnds: new Date(Date.now() + (index * 70 - 10) * 86_400_000).toISOString(),
    lastScan: new Date(Date.now() - index * 7_200_000).toISOString(),
    lastSync: new Date(Date.now() - 600_000).toISOString(),
    sync: { on: index !== 5, reason: index === 5 ? 'switched off by K. Lindqvist: migration' : null },
  };
});

export const nouns: Record<string, { definition: ListDefinition; rows: readonly Row[]; key: string }> = {
  findings: { definition: findingList, rows: findings, key: 'key' },
  assets: { definition: assetList, rows: assetRows, key: 'uuid' },
  poams: { definition: poamList, rows: poams, key: 'id' },
  systems: { definition: systemList, rows: systemRows, key: 'id' },
};

/** What a filter compares: the id of what is a record, else the value. */
function named(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  if (typeof value !== 'object' || value === null) return 'none';
  const id = 'id' in value ? value.id : 'uuid' in value ? value.uuid : undefined;
  return typeof id === 'string' ? id : 'none';
}
const fields: Record<string, string> = { plugin: 'pluginId' };
const keptAside = new Set(['sort', 'limit', 'cursor', 'by', 'columns']);

export function filtered(noun: string, query: URLSearchParams): readonly Row[] {
  const { rows, definition } = nouns[noun] ?? { rows: [], definition: undefined };
  const terms = [...query].filter(([name]) => !keptAside.has(name));
  return rows.filter((row) =>
    terms.every(([name, text]) => {
      if (name === 'q') return JSON.stringify(row).toLowerCase().includes(text.toLowerCase());
      const kind = definition?.filters[name]?.kind;
      const value = named(row[fields[name] ?? name]);
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
        const groups = Map.groupBy(rows, (row) => named(row[field]));
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
  const keyOf = (row: (typeof findings)[number]): string =>
    by === 'asset' ? row.asset.uuid : by === 'system' ? (row.system?.id ?? 'none') : String(row.pluginId);
  const titleOf = (row: (typeof findings)[number]): string =>
    by === 'asset' ? row.asset.name : by === 'system' ? (row.system?.name ?? 'in no system') : row.name;
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
          assets: new Set(of.map(({ asset }) => asset.uuid)).size,
          systems: [...new Set(of.flatMap(({ system }) => (system ? [system.id] : [])))],
          firstFound: of.map(({ firstFound }) => firstFound).toSorted()[0],
          due: first.due,
          poam: first.poam,
          vpr: first.vpr,
          exploit: first.exploit,
        },
      ];
    }),
    next: null,
  };
}
