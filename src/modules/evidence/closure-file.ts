/** The file of what a POA&M was closed on: each finding, its fix, the four answers. Pure. */
import { csvLine, csvStart } from '../../platform/lists/index.ts';
import { isJsonObject, type Json } from '../../platform/values/index.ts';

const columns = [
  ['finding', 'finding'],
  ['plugin', 'plugin'],
  ['asset', 'asset'],
  ['fixed at', 'fixedAt'],
  ['scan after the fix was reported', 'after'],
  ['scan saw the host', 'sawHost'],
  ['scan had credentials', 'authenticated'],
  ['scan ran the check', 'ranPlugin'],
] as const;

/** @param evidence as `poam_lives.evidence` keeps it; the whole of it, which a comment has no room for. */
export function closureFile(
  poamId: string,
  closedAt: Date,
  evidence: Json,
): { readonly name: string; readonly text: string } {
  const rows = (Array.isArray(evidence) ? evidence : []).filter((each) => isJsonObject(each));
  return {
    name: `${poamId.replaceAll(/[^\w.-]/g, '_')}-closed-${closedAt.toISOString().slice(0, 10)}.csv`,
    text:
      csvStart +
      csvLine(columns.map(([title]) => title)) +
      rows.map((row) => csvLine(columns.map(([, field]) => row[field] ?? ''))).join(''),
  };
}
