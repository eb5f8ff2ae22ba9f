/**
 * Where an edit of policies lets more happen than before. Pure. Judged by what the policies say of changes, and not by how they are written: a row
 * that is taken away, a field that is let out, or an approval that names fewer severities loosens; one that asks for more does not.
 */
import { type EntityPolicy, mayGoOut, needsApproval } from '../../canonical/policy/index.ts';
import { severities } from '../../canonical/vocabulary/index.ts';

/** A kind of change that policies may tell apart. */
interface Probe {
  readonly entity: string;
  readonly kind: 'create' | 'update';
  readonly fields: readonly string[];
  readonly severity: string | undefined;
}

/** Stands for every field, and every entity, that no policy names. */
const any = '*';

const namedFields = (policies: readonly EntityPolicy[]): string[] =>
  policies.flatMap(({ fields, approval }) => [...Object.keys(fields), ...(approval?.fields ?? [])]);

function probesOf(policies: readonly EntityPolicy[], entity: string): Probe[] {
  const fields = [...new Set([any, ...namedFields(policies)])];
  return [undefined, ...severities].flatMap((severity) => [
    { entity, kind: 'create' as const, fields: [], severity },
    ...fields.map((field) => ({ entity, kind: 'update' as const, fields: [field], severity })),
  ]);
}

const unique = (texts: readonly string[]): string[] => [...new Set(texts)];
const listed = (words: readonly string[]): string =>
  words.length > 6 ? `${words.slice(0, 6).join(', ')}, …` : words.join(', ');

/** What some of the changes are about, as people read it. */
function named(probes: readonly Probe[]): string {
  const kinds = unique(
    probes.map(({ kind, fields }) => (kind === 'create' ? 'new records' : (fields[0] ?? any))),
  );
  const fields = kinds.map((kind) => (kind === any ? 'other fields' : kind));
  const rated = unique(probes.map(({ severity }) => severity ?? 'no severity'));
  return `${listed(fields)}${rated.length > severities.length ? '' : ` of ${listed(rated)}`}`;
}

/** Lines for the security log, one an entity and kind of loosening. @param sent the entities of which anything is sent at all. */
export function loosenedBy(
  before: readonly EntityPolicy[],
  after: readonly EntityPolicy[],
  sent: readonly string[],
): string[] {
  const entities = unique([...sent, ...[...before, ...after].map(({ entity }) => entity)]).filter(
    (entity) => entity !== any,
  );
  return entities.flatMap((entity) => {
    const probes = probesOf([...before, ...after], entity);
    const out = probes.filter((probe) => !mayGoOut(before, probe) && mayGoOut(after, probe));
    // What may not go out before is said above; what may not go out after needs nobody's word.
    const free = probes.filter(
      (probe) =>
        mayGoOut(before, probe) &&
        mayGoOut(after, probe) &&
        needsApproval(before, probe) &&
        !needsApproval(after, probe),
    );
    return [
      ...(out.length > 0 ? [`${entity}: values may go out (${named(out)})`] : []),
      ...(free.length > 0 ? [`${entity}: approval is not asked for any more (${named(free)})`] : []),
    ];
  });
}
