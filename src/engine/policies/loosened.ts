/**
 * Where an edit of policies lets more happen than before. Pure. Judged by what the policies say of changes, and not by how they are written: a row
 * that is taken away, a field that is let out, or an approval that names fewer severities loosens; one that asks for more does not.
 */
import {
  boundariesNamed,
  type EntityPolicy,
  mayGoOut,
  needsApproval,
  type RecordFacts,
} from '../../canonical/policy/index.ts';
import { severities } from '../../canonical/vocabulary/index.ts';

/** A kind of change, of a kind of record, that policies may tell apart. */
interface Probe {
  readonly entity: string;
  readonly kind: 'create' | 'update';
  readonly fields: readonly string[];
  readonly severity: string | undefined;
  readonly record: RecordFacts;
}

/** Stands for every field, every entity and every boundary that no policy names. */
const any = '*';

const namedFields = (policies: readonly EntityPolicy[]): string[] =>
  policies.flatMap(({ fields, approval }) => [...Object.keys(fields), ...(approval?.fields ?? [])]);

const namedBoundaries = (policies: readonly EntityPolicy[]): string[] =>
  policies.flatMap(({ filter }) => (filter === undefined ? [] : boundariesNamed(filter)));

function probesOf(policies: readonly EntityPolicy[], entity: string): Probe[] {
  const fields = [...new Set([any, ...namedFields(policies)])];
  const isLimited = policies.some(({ filter }) => filter !== undefined);
  const boundaries = isLimited ? [undefined, ...new Set([any, ...namedBoundaries(policies)])] : [undefined];
  return boundaries.flatMap((boundary) =>
    [undefined, ...severities].flatMap((severity) => {
      const of = { entity, severity, record: { severity, boundary } };
      return [
        { ...of, kind: 'create' as const, fields: [] },
        ...fields.map((field) => ({ ...of, kind: 'update' as const, fields: [field] })),
      ];
    }),
  );
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
  const boundaries = unique(probes.map(({ record }) => record.boundary ?? 'none'));
  // Where records of boundaries that no policy names are among them, it is not about single ones.
  const where = boundaries.some((each) => each === any || each === 'none') ? '' : ` in ${listed(boundaries)}`;
  return `${listed(fields)}${rated.length > severities.length ? '' : ` of ${listed(rated)}`}${where}`;
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
    const isLet = (policies: readonly EntityPolicy[], probe: Probe): boolean =>
      mayGoOut(policies, probe, probe.record);
    const isAsked = (policies: readonly EntityPolicy[], probe: Probe): boolean =>
      needsApproval(policies, probe, probe.record);
    const out = probes.filter((probe) => !isLet(before, probe) && isLet(after, probe));
    // What may not go out before is said above; what may not go out after needs nobody's word.
    const free = probes.filter(
      (probe) =>
        isLet(before, probe) && isLet(after, probe) && isAsked(before, probe) && !isAsked(after, probe),
    );
    return [
      ...(out.length > 0 ? [`${entity}: values may go out (${named(out)})`] : []),
      ...(free.length > 0 ? [`${entity}: approval is not asked for any more (${named(free)})`] : []),
    ];
  });
}
