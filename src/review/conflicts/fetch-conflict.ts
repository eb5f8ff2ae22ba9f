/** One conflict with all that a person needs to settle it: three values, what happened on both sides, the rest of the record, the policy. */
import type { Kysely } from 'kysely';
import type { Scope } from '../../canonical/access/index.ts';
import { lookUpPolicy, policyWords } from '../../canonical/policy/index.ts';
import { listConflicts } from '../../engine/conflicts/index.ts';
import { choicesFor, type OfferedChoice } from '../../engine/merge/index.ts';
import type { App } from '../../engine/run/index.ts';
import { fetchLinks } from '../../ledger/links/index.ts';
import { listRecordJournal, type RecordJournalRow } from '../../ledger/operations/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import type { Json } from '../../platform/values/index.ts';
import {
  fetchRecordTitles,
  fetchRows,
  inCanonicalWords,
  isLinked,
  linkedEntity,
} from '../../record/entities/index.ts';
import { factsReader } from './conflict-facts.ts';
import { isConflictWithin, type ListedConflict } from './conflict-list.sql.ts';

/** A value of the record in which there is no conflict. */
export interface OtherField {
  readonly field: string;
  readonly here: Json;
  /** What both sides last agreed on, which is what the other side says unless it changed since it was read. */
  readonly agreed: Json;
  readonly inConflict: boolean;
}

/** A conflict with what it can be settled by; settled ones have no choices. */
export interface ConflictDetail extends ListedConflict {
  readonly choices: readonly OfferedChoice[];
  /** The policy of the field, in words, and which level set it. */
  readonly policy: { readonly words: string; readonly decidedBy: string } | null;
  /** What changed in the record, the latest first; `side` is where the change was made. */
  readonly history: readonly RecordJournalRow[];
  readonly fields: readonly OtherField[];
}

const historyAtMost = 100;

/** @throws RECORD_UNKNOWN if there is none of this number within the scope. */
export async function fetchConflict(
  app: Pick<App, 'db' | 'modules'>,
  scope: Scope,
  id: number,
): Promise<ConflictDetail> {
  const { db } = app;
  const [found] = (await isConflictWithin(db, scope, id))
    ? await listConflicts(db, { ids: [id], all: true }, 1)
    : [];
  if (!found)
    throw new TielineError('RECORD_UNKNOWN', `There is no conflict ${id}.`, {
      remedy: 'List them with `tieline conflicts list`.',
    });
  const facts = await factsReader(app, db)(found);
  const titles = await fetchRecordTitles(db, [found]);
  const policy =
    found.systemId === null
      ? null
      : lookUpPolicy(facts.policies, found.entity, found.field ?? '', facts.record);
  return {
    ...found,
    title: titles.get(`${found.entity} ${found.entityId}`)?.title ?? null,
    choices: found.status === 'pending' ? choicesFor(facts) : [],
    policy: policy && {
      words: policyWords(policy, found.system ?? 'the other side'),
      decidedBy: policy.decidedBy,
    },
    history: await listRecordJournal(db, found, historyAtMost),
    fields: await fieldsOf(db, found),
  };
}

async function fieldsOf(
  db: Kysely<Database>,
  { entity, entityId, systemId, externalId, field }: ListedConflict | Omit<ListedConflict, 'title'>,
): Promise<OtherField[]> {
  if (!isLinked(entity)) return [];
  const row = inCanonicalWords(entity, (await fetchRows(db, entity, [entityId])).get(entityId)?.row ?? {});
  const link =
    systemId === null || externalId === null
      ? undefined
      : (await fetchLinks(db, systemId, entity, [externalId])).get(externalId);
  const { fields, derived } = linkedEntity(entity);
  return [...fields, ...derived]
    .map((name) => ({
      field: name,
      here: row[name] ?? null,
      agreed: link?.base[name] ?? null,
      inConflict: name === field,
    }))
    .filter(({ here, agreed }) => here !== null || agreed !== null);
}
