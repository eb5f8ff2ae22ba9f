/** Makes POA&Ms for weaknesses that have none: rows here, the journal, and what is to be sent, in the caller's transaction. */
import { type EntityPolicy, needsApproval } from '../../canonical/policy/index.ts';
import { byRule, type RuleCode } from '../../canonical/vocabulary/index.ts';
import type { WeaknessKind, WeaknessRule } from '../../canonical/weakness-rule/index.ts';
import { enqueueChanges, type OutboundChange } from '../../engine/outbox/index.ts';
import { recordChanges } from '../../ledger/operations/index.ts';
import type { Json, JsonObject } from '../../platform/values/index.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import { insertRows } from '../../record/entities/index.ts';
import { promisedDate } from '../due-dates/index.ts';
import { keepFirstValues } from '../../record/poam-life/index.ts';
import { recordPoamRules } from '../../record/weaknesses/index.ts';
import { type JudgedWeakness } from '../weaknesses/index.ts';
import { composePoam, dueText, poamId, poamKey, purposeOf } from './compose-poam.ts';
import { factsOf } from './let-out.ts';
import { completedBefore } from './life/reopen-poams.ts';
import type { NamesOf } from './source-names.ts';

/** The templates of a version of a rule, by weakness_rules.id; undefined: it has none, or is not in force any more. */
export type TemplatesOf = (ruleId: number) => WeaknessRule['templates'] | undefined;

const ruleCodes: Readonly<Record<WeaknessKind, RuleCode>> = {
  plugin: 'weakness_by_plugin',
  cve: 'weakness_by_cve',
  solution: 'weakness_by_solution',
  plugin_asset: 'weakness_by_plugin_and_asset',
  check: 'weakness_by_check',
};

/** A weakness for which a POA&M is made, and which of its POA&Ms that is. */
export interface Proposed extends JudgedWeakness {
  readonly occurrence: number;
}

export interface OutboundSource {
  readonly systemId: number;
  readonly operationId: string;
  readonly now: Date;
  readonly policies: readonly EntityPolicy[];
  readonly names: NamesOf;
  /** The templates of a version of a rule, by weakness_rules.id. */
  readonly templatesOf: TemplatesOf;
}

interface Composed extends Proposed {
  readonly id: string;
  readonly key: string;
  readonly promised: string;
  readonly proposal: ReturnType<typeof composePoam>;
}

/** A POA&M that was made, and whether a person has to approve that it is sent. */
export interface CreatedPoam {
  readonly poamId: string;
  readonly waits: boolean;
}

/** @param today ISO date in UTC, from which due dates are judged. */
export async function createPoams(
  tx: Tx,
  source: OutboundSource,
  planned: readonly Proposed[],
  today: string,
): Promise<CreatedPoam[]> {
  const composed = planned.map((each) => compose(source, each, today));
  await insertPoams(tx, source, composed);
  await keepFirstValues(
    tx.db,
    composed.flatMap((each) => {
      const followed = completedBefore(each);
      return followed === undefined ? [] : [{ poamId: each.id, followsPoamId: followed.poamId }];
    }),
  );
  await recordChanges(
    tx.db,
    source,
    composed.map(({ id, due, promised, save, proposal, weakness }) => ({
      entity: 'poam',
      entityId: id,
      after: proposal.poam,
      direction: 'internal',
      decidedBy: byRule(ruleCodes[weakness.grouping]),
      reason: `${dueText({ on: due.on, promised }, today)} by ${due.reason}; controls: ${save.controlReason}`,
    })),
  );
  await recordPoamRules(
    tx.db,
    composed.map(({ id, weakness }) => ({ poamId: id, ruleId: weakness.ruleId })),
    source.now,
  );
  const creations = composed.map((each) => creationOf(source, each, today));
  await enqueueChanges(tx.db, source, creations);
  return creations.map(({ entityId, needsApproval: waits = false }) => ({ poamId: entityId, waits }));
}

/** What the rules in force make of a weakness. */
export const composeFor = (
  source: Pick<OutboundSource, 'names' | 'templatesOf'>,
  judged: JudgedWeakness & { readonly occurrence?: number },
  { promised, today }: { readonly promised: string; readonly today: string },
): ReturnType<typeof composePoam> => {
  const { weakness, control, occurrence } = judged;
  return composePoam(weakness, {
    promised,
    control,
    poc: weakness.poc,
    pluginsOf: source.names(weakness.sourceTypes).pluginsOf,
    today,
    ...(occurrence === undefined ? {} : { occurrence }),
    follows: completedBefore(judged),
    templates: source.templatesOf(weakness.ruleId),
  });
};

function compose(source: OutboundSource, planned: Proposed, today: string): Composed {
  const { weakness, occurrence } = planned;
  const promised = promisedDate(planned.due, today);
  return {
    ...planned,
    id: poamId(weakness, occurrence),
    key: poamKey(weakness, occurrence),
    promised,
    proposal: composeFor(source, planned, { promised, today }),
  };
}

/** The POA&Ms as rows of ours, with their milestones. */
async function insertPoams(tx: Tx, source: OutboundSource, composed: readonly Composed[]): Promise<void> {
  await insertRows(
    tx.db,
    'poam',
    composed.map(({ id, weakness, proposal }): JsonObject => ({
      poam_id: id,
      system_id: weakness.systemId,
      ingestion_source: 'tieline',
      ingestion_batch_id: source.operationId,
      weakness_detection_source: source.names(weakness.sourceTypes).titles.slice(0, 255),
      sync_status: 'pending',
      created_at: 'now',
      updated_at: 'now',
      ...proposal.poam,
    })),
  );
  await insertRows(
    tx.db,
    'milestone',
    composed.flatMap(({ id, proposal }) =>
      proposal.milestones.map((milestone): JsonObject => ({
        poam_id: id,
        status: 'Pending',
        created_at: 'now',
        ...milestone,
      })),
    ),
  );
}

/** What is to be sent for a POA&M that was made. */
function creationOf(source: OutboundSource, composed: Composed, today: string): OutboundChange {
  const { id, key, weakness, due, promised, proposal } = composed;
  return {
    entity: 'poam',
    entityId: id,
    kind: 'create',
    parentExternalId: weakness.systemExternalId,
    idempotencyKey: key,
    reason: purposeOf(weakness, { on: due.on, promised }, today),
    payload: {
      ...proposal.poam,
      affected_assets: [...weakness.assets],
      cves: [...weakness.cves],
      milestones: proposal.milestones.map((milestone): Json => ({ ...milestone, status: 'Pending' })),
    },
    severity: weakness.severity,
    needsApproval: needsApproval(
      source.policies,
      {
        entity: 'poam',
        kind: 'create',
        fields: Object.keys(proposal.poam),
        severity: weakness.severity,
      },
      factsOf(composed),
    ),
  };
}
