import { get } from '../api/http/client.ts';
import type { Page } from '../api/lists.ts';
import type { Bootstrap } from '../api/access/session.ts';

export interface Hit {
  readonly kind: string;
  readonly title: string;
  readonly href: string;
}

interface Named {
  readonly systemId?: string | null;
  readonly poamId?: string;
  readonly assetUuid?: string;
  readonly name?: string | null;
  readonly weakness?: string | null;
}

const places = [
  { noun: 'systems', permission: 'system:read', kind: 'System' },
  { noun: 'poams', permission: 'poam:read', kind: 'POA&M' },
  { noun: 'assets', permission: 'asset:read', kind: 'Asset' },
] as const;

/** What the words may mean without asking anybody. */
function meant(words: string): readonly Hit[] {
  if (/^cve-\d{4}-\d+$/i.test(words))
    return [{ kind: 'Findings', title: words.toUpperCase(), href: `/findings?cve=${words.toUpperCase()}` }];
  if (/^\d{4,7}$/.test(words))
    return [{ kind: 'Plugin', title: `Plugin ${words}`, href: `/plugins/${words}` }];
  return [
    {
      kind: 'Findings',
      title: `Findings named “${words}”`,
      href: `/findings?q=${encodeURIComponent(words)}`,
    },
  ];
}

async function inPlace(
  { noun, kind }: (typeof places)[number],
  words: string,
  signal: AbortSignal,
): Promise<readonly Hit[]> {
  const page = await get<Page<Named>>(`/${noun}`, { query: { q: words, limit: 5 }, signal });
  return page.items.map((row) => {
    const id = row.poamId ?? row.assetUuid ?? row.systemId ?? '';
    const title = noun === 'assets' ? (row.name ?? id) : `${id} ${row.weakness ?? row.name ?? ''}`;
    return { kind, title, href: `/${noun}/${encodeURIComponent(id)}` };
  });
}

/** Up to five of each kind that the person may see. One kind that fails leaves the others. */
export async function searchRecords(
  words: string,
  permissions: Bootstrap['permissions'],
  signal: AbortSignal,
): Promise<readonly Hit[]> {
  const open = places.filter(({ permission }) => permissions[permission] !== undefined);
  const found = await Promise.allSettled(open.map((place) => inPlace(place, words, signal)));
  const findings = permissions['finding:read'] === undefined ? [] : meant(words);
  return [...findings, ...found.flatMap((each) => (each.status === 'fulfilled' ? each.value : []))];
}
