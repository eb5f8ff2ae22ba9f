/** What planning the POA&Ms of a whole GRC system and making one share: controls, ids, and how weaknesses and findings are tied to POA&Ms. */
import type { ConnectedSystem } from '../../engine/connections/index.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import { findTakenKeys } from '../../record/entities/index.ts';
import { pointFindings, tieFindings } from '../../record/findings/index.ts';
import { addPoamAssets, addPoamCves } from '../../record/poams/index.ts';
import {
  followDates,
  keepWeaknessFindings,
  type RuleInForce,
  saveWeaknesses,
} from '../../record/weaknesses/index.ts';
import {
  type Controls,
  type JudgedWeakness,
  listControlRules,
  listSystemControls,
  ownControls,
  repointed,
  type WeaknessRow,
} from '../weaknesses/index.ts';
import { poamId } from './compose-poam.ts';
import type { Proposed, TemplatesOf } from './create-poams.ts';

/** The templates of each of these versions. */
export const templatesBy = (rules: readonly RuleInForce[]): TemplatesOf => {
  const byId = new Map(rules.map(({ id, rule }) => [id, rule.templates]));
  return (ruleId) => byId.get(ruleId);
};

/** The rules of controls, and the controls of the systems of these weaknesses under which their GRC system takes a POA&M. */
export async function fetchControls(
  tx: Tx,
  { module }: Pick<ConnectedSystem, 'module'>,
  weaknesses: readonly WeaknessRow[],
): Promise<Controls> {
  const { inheritsControl } = module.declaration;
  const systemIds = [...new Set(weaknesses.map((weakness) => weakness.systemId))];
  const known = await listSystemControls(tx.db, systemIds);
  return {
    rules: await listControlRules(tx.db),
    bySystem: ownControls(known, ({ raw }) => raw !== null && (inheritsControl?.(raw) ?? false)),
  };
}

/** Gives each the first occurrence whose id no row carries: after a POA&M of ours that was completed comes another one. */
export async function withOccurrence(tx: Tx, planned: readonly JudgedWeakness[]): Promise<Proposed[]> {
  const proposed = planned.map((each) => ({ ...each, occurrence: 1 }));
  for (let open = proposed; open.length > 0;) {
    const taken = await findTakenKeys(
      tx.db,
      'poam',
      open.map((each) => poamId(each.weakness, each.occurrence)),
    );
    open = open.filter((each) => taken.has(poamId(each.weakness, each.occurrence)));
    for (const each of open) each.occurrence += 1;
  }
  return proposed;
}

export interface Tying {
  /** For which POA&Ms are made now. */
  readonly fresh: readonly Proposed[];
  /** That POA&Ms answer; with `poam`: a proposal. */
  readonly answered: readonly (JudgedWeakness & { readonly poam?: string })[];
  /** All whose findings may point elsewhere now. */
  readonly judged: readonly JudgedWeakness[];
  /** The POA&M that each opens again. */
  readonly reopened: ReadonlyMap<JudgedWeakness, string>;
  /** Whether only findings of these POA&Ms are tied: what else there is was not looked at. Default: findings of all. */
  readonly theseOnly?: boolean;
}

/** Ties weaknesses and findings to the POA&Ms that answer them, with the machines and CVEs. */
export async function tie(
  tx: Tx,
  { fresh, answered, judged, reopened, theseOnly = false }: Tying,
): Promise<void> {
  const poamOf = new Map<JudgedWeakness['weakness'], string>([
    ...[...reopened].map(([{ weakness }, poam]) => [weakness, poam] as const),
    ...fresh.map(({ weakness, occurrence }) => [weakness, poamId(weakness, occurrence)] as const),
    ...answered.map(({ weakness, answers, poam }) => [weakness, poam ?? answers.by?.poamId ?? ''] as const),
  ]);
  const answeredNow = [...fresh, ...answered, ...reopened.keys()].map(({ weakness, save }) => ({
    weakness,
    save,
    poam: poamOf.get(weakness) ?? '',
  }));
  await saveWeaknesses(
    tx.db,
    answeredNow.map(({ save, poam }) => ({ ...save, poamId: poam })),
  );
  await followDates(
    tx.db,
    answered.flatMap(({ save, poam }) => (poam === undefined ? [] : [{ ...save, poamId: poam }])),
  );
  await addPoamAssets(
    tx.db,
    answeredNow.flatMap(({ weakness, poam }) => weakness.assets.map((value) => ({ poamId: poam, value }))),
  );
  await addPoamCves(
    tx.db,
    answeredNow.flatMap(({ weakness, poam }) => weakness.cves.map((value) => ({ poamId: poam, value }))),
  );
  await pointFindings(
    tx.db,
    judged.flatMap((each) => repointed(each, poamOf.get(each.weakness))),
  );
  await keepWeaknessFindings(tx.db);
  await tieFindings(tx.db, theseOnly ? answeredNow.map(({ poam }) => poam) : undefined);
}
