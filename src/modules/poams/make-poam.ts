/**
 * Makes the POA&M of one weakness outside of a sync run: what the sync would make, by the same rules, policies and approval, and for findings
 * that the rule of their boundary does not name too. Where one answers already, or a person decided, nothing is made.
 */
import { canRead, knownSystem, type KnownSystem } from '../../engine/connections/index.ts';
import type { App } from '../../engine/run/index.ts';
import { awaitConclusions, listSystems } from '../../ledger/external-systems/index.ts';
import { listLinks } from '../../engine/links/index.ts';
import { withDecision } from '../../ledger/operations/index.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import { listLifeSettings } from '../../record/poam-life/index.ts';
import { listRulesInForce, nameFindings } from '../../record/weaknesses/index.ts';
import { fetchDueDates, recordObligations } from '../due-dates/index.ts';
import {
  gatherWeakFindings,
  judge,
  type JudgedWeakness,
  keyOfWeakness,
  listGathered,
  listWeaknesses,
  renewMentions,
} from '../weaknesses/index.ts';
import { createPoams, type OutboundSource } from './create-poams.ts';
import { mayCreate, mayReopen } from './let-out.ts';
import { reopens } from './life/reopen-poams.ts';
import { sourceNames } from './source-names.ts';
import { fetchControls, templatesBy, tie, withOccurrence } from './tie-poams.ts';
import { findUnreadPoams, mayBeAnsweredBy } from './unread-poams.ts';
import { listUnsentPoams } from './unsent-poams.sql.ts';

/** What became of the wish. Only `made` and `joined` changed something. */
export type MadePoam =
  /** @property waits whether a person has to approve that it is sent. */
  | { readonly is: 'made'; readonly poamId: string; readonly due: string; readonly waits: boolean }
  /** The findings are under this POA&M now, which answers the same weakness. */
  | { readonly is: 'joined'; readonly poamId: string }
  /** `proposed`: it has not gone out yet. `to_reopen`: the next sync opens it again. `contradicted`: a person decides about its end first. */
  | {
      readonly is: 'answered' | 'proposed' | 'turned_down' | 'to_reopen' | 'contradicted';
      readonly poamId: string;
    }
  /** `not_read`: the POA&Ms of the GRC system, or one that may be the answer, could not be read. */
  | { readonly is: 'not_let_out' | 'not_read'; readonly system: string }
  | { readonly is: 'nothing_open' | 'accepted' | 'excluded' | 'no_grc_system' };

export interface PoamWish {
  /** ingestion_vulnerabilities.id of the findings that it is to answer, of one weakness. */
  readonly findings: readonly number[];
  /** ingestion_systems.system_id */
  readonly boundary: string;
  /** Who wants it, for the record. */
  readonly by: string;
}

type Making = Pick<App, 'db' | 'store' | 'now' | 'modules' | 'scanFiles'>;

/** The GRC system that has the boundary and whose POA&Ms can be read; of several the one that was added first. */
async function grcSystemOf(app: Making, boundary: string): Promise<KnownSystem | undefined> {
  for (const row of await listSystems(app.db)) {
    if (row.sync_enabled === false || !app.modules.has(row.system_type)) continue;
    const [link] = await listLinks(app.db, { systemId: row.id, entity: 'system', entityId: boundary }, 1);
    const system = link && (await knownSystem(app, row));
    if (system && canRead(system, 'poam')) return system;
  }
  return undefined;
}

/**
 * @throws TielineError DATABASE_BUSY where a sync draws its conclusions for longer than locks are waited for: it is to be tried again.
 */
export async function makePoam(app: Making, wish: PoamWish): Promise<MadePoam> {
  const system = await grcSystemOf(app, wish.boundary);
  if (!system) return { is: 'no_grc_system' };
  return app.store.asOne(async (store) => {
    const result = await store.transaction((tx) => makeWithin(app, tx, system, wish));
    return { keep: result.is === 'made' || result.is === 'joined', result };
  });
}

async function makeWithin(app: Making, tx: Tx, system: KnownSystem, wish: PoamWish): Promise<MadePoam> {
  // A sync that plans POA&Ms meanwhile would make a second one for the same weakness.
  await awaitConclusions(tx.db);
  await renewMentions(tx.db);
  const judged = await judgeWish(app, tx, system, wish);
  if ('is' in judged) return judged;
  const refusal = await refusalOf(tx, system, judged);
  if (refusal) return refusal;
  const answer = judged.answers.by?.poamId;
  const step = answer === undefined ? 'make a POA&M' : 'put findings under a POA&M';
  return withDecision(tx.db, { system: system.name, step }, (operationId) =>
    answer === undefined
      ? create(app, tx, { system, operationId, judged })
      : join(app, tx, { operationId, judged, poam: answer }),
  );
}

interface Judged extends JudgedWeakness {
  /** Proposals that have not gone out, by poam_id. */
  readonly unsent: Awaited<ReturnType<typeof listUnsentPoams>>;
  /** Whether the findings were no part of a weakness before it was asked for. */
  readonly isNamedNow: boolean;
}

/** The weakness of the findings, as the sync would judge it; what is not named by the rule is named by hand. */
async function judgeWish(
  app: Making,
  tx: Tx,
  system: KnownSystem,
  { findings, boundary, by }: PoamWish,
): Promise<Judged | MadePoam> {
  const now = app.now();
  const rules = await listRulesInForce(tx.db);
  const gather = async () => {
    await gatherWeakFindings(tx.db, system.id, { rules, now, boundary });
    return listGathered(tx.db, boundary, findings);
  };
  const named = await gather();
  const isNamedNow = named.length === 0;
  if (isNamedNow) await nameFindings(tx.db, findings, { systemId: boundary, by, now });
  const gathered = isNamedNow ? await gather() : named;
  const wanted = gathered.find(({ isAccepted, isExcluded }) => !isAccepted && !isExcluded);
  if (!wanted) {
    if (gathered.length === 0) return { is: 'nothing_open' };
    return { is: gathered.some(({ isExcluded }) => isExcluded) ? 'excluded' : 'accepted' };
  }
  const key = keyOfWeakness({ systemId: boundary, ...wanted });
  const weakness = (await listWeaknesses(tx.db, system.id, now)).find((each) => keyOfWeakness(each) === key);
  if (!weakness) return { is: 'nothing_open' };
  const controls = await fetchControls(tx, system, [weakness]);
  const unsent = await listUnsentPoams(tx.db, system.id);
  return { ...judge(weakness, controls, await fetchDueDates(tx.db, [weakness])), isNamedNow, unsent };
}

/** Why no POA&M is made, as the sync would have it. */
async function refusalOf(tx: Tx, system: KnownSystem, judged: Judged): Promise<MadePoam | undefined> {
  const { weakness, answers, isNamedNow, unsent } = judged;
  const by = answers.by?.poamId;
  if (by !== undefined)
    return isNamedNow ? undefined : { is: unsent.has(by) ? 'proposed' : 'answered', poamId: by };
  const [proposal] = weakness.candidates.flatMap(({ poamId: id }) => unsent.get(id) ?? []);
  if (proposal)
    return { is: proposal.state === 'dropped' ? 'turned_down' : 'proposed', poamId: proposal.poamId };
  const [contradicted] = answers.contradicted;
  if (contradicted) return { is: 'contradicted', poamId: contradicted.poam.poamId };
  if (weakness.findings === 0) return { is: 'nothing_open' };
  const returned = reopens(judged, await listLifeSettings(tx.db));
  if (returned && mayReopen(system, judged)) return { is: 'to_reopen', poamId: returned.poam.poamId };
  if (!mayCreate(system, judged)) return { is: 'not_let_out', system: system.name };
  const unread = await findUnreadPoams({ operationId: noOperation }, tx, system);
  return unread === undefined || mayBeAnsweredBy(unread, judged)
    ? { is: 'not_read', system: system.name }
    : undefined;
}

/** None read the POA&Ms just now: the latest reading counts. */
const noOperation = '00000000-0000-0000-0000-000000000000';

interface Created {
  readonly system: KnownSystem;
  readonly operationId: string;
  readonly judged: JudgedWeakness;
}

async function create(app: Making, tx: Tx, { system, operationId, judged }: Created): Promise<MadePoam> {
  const now = app.now();
  const source: OutboundSource = {
    systemId: system.id,
    operationId,
    now,
    policies: system.policies,
    names: (types) => sourceNames(app, types),
    templatesOf: templatesBy(await listRulesInForce(tx.db)),
  };
  const fresh = await withOccurrence(tx, [judged]);
  const [created] = await createPoams(tx, source, fresh, now.toISOString().slice(0, 10));
  if (!created) throw new Error('a POA&M that was made was not returned');
  await tie(tx, { fresh, answered: [], judged: [judged], reopened: new Map(), theseOnly: true });
  await recordObligations(tx.db, { operationId, now }, [{ ...judged.weakness, due: judged.due }]);
  return { is: 'made', due: judged.due.on, ...created };
}

interface Joined {
  readonly operationId: string;
  readonly judged: Judged;
  readonly poam: string;
}

/** The machine is sent by the next sync, as of every machine that joins a weakness. */
async function join(app: Making, tx: Tx, { operationId, judged, poam }: Joined): Promise<MadePoam> {
  const answered = judged.unsent.has(poam) ? { ...judged, poam } : judged;
  await tie(tx, { fresh: [], answered: [answered], judged: [judged], reopened: new Map(), theseOnly: true });
  const obliged = { ...judged.weakness, due: judged.due };
  await recordObligations(tx.db, { operationId, now: app.now() }, [obliged]);
  return { is: 'joined', poamId: poam };
}
