/**
 * The accounting of disclosures (5 U.S.C. 552a(c)): each report, export or copy that leaves the agency is one row with its date, nature,
 * purpose, recipient and authority. Only ever added to; kept five years at least.
 */
import { type Kysely, sql } from 'kysely';
import type { Scope } from '../../canonical/access/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import { type Database, storableText } from '../../platform/postgres/index.ts';
import type { DisclosureNature } from '../../canonical/vocabulary/index.ts';

const keptYears = 5;

export interface Disclosure {
  readonly nature: DisclosureNature;
  /** What left: the title of a report, the name of a list. */
  readonly what: string;
  /** generated_report, list or data_subject_request, with its id. */
  readonly item?: { readonly type: string; readonly id: string };
  readonly purpose: string;
  /** A person or an agency, by name. */
  readonly recipient: string;
  /** Where it was sent to. */
  readonly address?: string | undefined;
  /** The law, agreement or consent that allows it: "5 U.S.C. 552a(b)(7)", "written consent of 2026-11-02". */
  readonly authority: string;
  /** Whose records left: names, mail addresses, user ids. Absent: nobody looked, so that anybody's may have. */
  readonly subjects?: readonly string[] | undefined;
  /** The boundaries that it covers. */
  readonly scope: Scope;
  readonly fileSha256?: string | undefined;
  readonly at: Date;
  readonly by: { readonly name: string; readonly principalId?: string };
}

const asked = {
  what: 'say what left: the report or list',
  purpose: 'say what the recipient needs it for',
  recipient: 'name the person or agency that gets it',
  authority: 'name the law, agreement or consent that allows it, as 5 U.S.C. 552a(b)(7)',
} as const;

/**
 * Records one disclosure. To be called in the transaction that lets the thing out: what cannot be accounted for does not leave.
 * @returns its id. @throws TielineError USAGE with a fault for each of what, purpose, recipient and authority that is missing.
 */
export async function recordDisclosure(db: Kysely<Database>, disclosure: Disclosure): Promise<string> {
  const fields = (Object.keys(asked) as (keyof typeof asked)[]) // its own keys
    .filter((field) => disclosure[field].trim() === '')
    .map((field) => ({ field, message: asked[field] }));
  if (fields.length > 0)
    throw new TielineError('USAGE', 'Nothing was disclosed: the accounting of disclosures needs more.', {
      fields,
    });
  const { nature, what, item, purpose, recipient, address, authority, subjects, scope, fileSha256, at, by } =
    disclosure;
  const text = (value: string, length: number): string => storableText(value.trim()).slice(0, length);
  const { rows } = await sql<{ id: string }>`
    insert into disclosures (disclosed_at, nature, what, item_type, item_id, purpose, recipient, recipient_address, authority, subjects,
        everywhere, system_ids, file_sha256, disclosed_by, disclosed_by_principal, keep_until)
    values (${at}, ${nature}, ${text(what, 500)}, ${item?.type ?? null}, ${item?.id ?? null}, ${text(purpose, 1000)},
        ${text(recipient, 500)}, ${address === undefined ? null : text(address, 500)}, ${text(authority, 500)},
        ${subjects === undefined ? null : [...subjects]}::text[], ${scope.kind === 'everywhere'},
        ${scope.kind === 'everywhere' ? [] : [...scope.systemIds]}::text[], ${fileSha256 ?? null}, ${text(by.name, 255)},
        ${by.principalId ?? null}, (${at}::timestamptz + make_interval(years => ${keptYears}))::date)
    returning disclosure_id as id`.execute(db);
  return rows[0]?.id ?? '';
}

export interface DisclosureRow {
  readonly id: string;
  readonly at: Date;
  readonly nature: DisclosureNature;
  readonly what: string;
  readonly item: { readonly type: string; readonly id: string } | null;
  readonly purpose: string;
  readonly recipient: string;
  readonly address: string | null;
  readonly authority: string;
  /** Null: it may hold anybody's record. */
  readonly subjects: readonly string[] | null;
  readonly fileSha256: string | null;
  readonly by: string;
  readonly keepUntil: string;
}

const columns = sql`
    d.disclosure_id as id, d.disclosed_at as at, d.nature, d.what,
    case when d.item_id is not null then jsonb_build_object('type', d.item_type, 'id', d.item_id) end as item,
    d.purpose, d.recipient, d.recipient_address as address, d.authority, d.subjects, d.file_sha256 as "fileSha256",
    d.disclosed_by as by, d.keep_until::text as "keepUntil"`;

/**
 * Disclosures, the latest first. @param of those that name a person by one of these, and those of which nobody knows whom they name; undefined: all.
 * @param after the id of the last row of the page before.
 */
export async function listDisclosures(
  db: Kysely<Database>,
  { of, after, limit }: { readonly of?: readonly string[]; readonly after?: string; readonly limit: number },
): Promise<DisclosureRow[]> {
  const names = of?.map((name) => name.toLowerCase());
  const { rows } = await sql<DisclosureRow>`
    select ${columns} from disclosures d
     where (${names === undefined} or d.subjects is null
            or exists (select from unnest(d.subjects) s where lower(s) = any(${names ?? []}::text[])))
       and (${after ?? null}::text is null
            or (d.disclosed_at, d.id) < (select l.disclosed_at, l.id from disclosures l where l.disclosure_id::text = ${after ?? null}))
     order by d.disclosed_at desc, d.id desc limit ${limit}`.execute(db);
  return rows;
}

/** How many fit in all. */
export async function countDisclosures(
  db: Kysely<Database>,
  { of }: { readonly of?: readonly string[] },
): Promise<number> {
  const names = of?.map((name) => name.toLowerCase());
  const { rows } = await sql<{ n: string }>`
    select count(*) as n from disclosures d
     where ${names === undefined} or d.subjects is null
        or exists (select from unnest(d.subjects) s where lower(s) = any(${names ?? []}::text[]))`.execute(
    db,
  );
  return Number(rows[0]?.n ?? 0);
}

/** Deletes those that need no longer be kept: after five years. @returns how many. */
export async function forgetDisclosures(db: Kysely<Database>, today: string): Promise<number> {
  const { numAffectedRows = 0n } = await sql`
    delete from disclosures where keep_until < ${today}::date`.execute(db);
  return Number(numAffectedRows);
}
