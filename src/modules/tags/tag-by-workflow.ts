/** What a workflow tags an asset with: kept here at once, and sent to the scanners that take tags by the tag step of the next sync. */
import type { Kysely } from 'kysely';
import { mayGoOut, noRecord } from '../../canonical/policy/index.ts';
import { byPerson } from '../../canonical/vocabulary/index.ts';
import { knownSystem, takenBy } from '../../engine/connections/index.ts';
import type { App } from '../../engine/run/index.ts';
import { listSystems } from '../../ledger/external-systems/index.ts';
import { listLinks } from '../../engine/links/index.ts';
import { recordChanges, withDecision } from '../../ledger/operations/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import { addWorkflowTag, type AssetTag, endWorkflowTag, whoseTag } from '../../record/assets/index.ts';
import { usualCategory } from './plan-tags.ts';

export interface Tagging {
  readonly assetUuid: string;
  readonly tag: AssetTag;
  readonly workflow: string;
  /** The owner of the workflow. */
  readonly by: string;
  readonly reason: string;
}

/** Categories by which Tieline shows scanners the boundary of an asset: nobody else tags by them. */
export const boundaryCategories = ({ modules }: Pick<App, 'modules'>): readonly string[] => [
  ...new Set([
    usualCategory,
    ...[...modules.values()].flatMap(({ declaration }) => declaration.boundaryTag ?? []),
  ]),
];

/** The connections that know the asset and that its tags are sent to, by name. */
export async function takersOfTags(
  app: Pick<App, 'db' | 'modules'>,
  assetUuid: string,
): Promise<{ readonly sent: readonly string[]; readonly notLetOut: readonly string[] }> {
  const sent: string[] = [];
  const notLetOut: string[] = [];
  for (const row of await listSystems(app.db)) {
    const module = app.modules.get(row.system_type);
    if (!module || !(takenBy(module.declaration, row.connection_config, 'asset_tag')?.create ?? false))
      continue;
    const [link] = await listLinks(app.db, { systemId: row.id, entity: 'asset', entityId: assetUuid }, 1);
    if (!link) continue;
    const { policies } = await knownSystem(app, row);
    const isLetOut = mayGoOut(policies, { entity: 'asset_tag', kind: 'update', fields: [] }, noRecord);
    (isLetOut ? sent : notLetOut).push(row.system_name);
  }
  return { sent, notLetOut };
}

const inJournal = (
  { assetUuid, tag, by, reason }: Pick<Tagging, 'assetUuid' | 'tag' | 'by' | 'reason'>,
  stands: boolean,
) => ({
  entity: 'asset',
  entityId: assetUuid,
  field: 'tag',
  ...(stands ? { after: { ...tag } } : { before: { ...tag } }),
  direction: 'internal' as const,
  decidedBy: byPerson(by),
  reason,
});

/** @returns `there`: the asset bears it already, set by whomever. */
export async function tagByWorkflow(
  app: Pick<App, 'store' | 'now'>,
  tagging: Tagging,
): Promise<'tagged' | 'there'> {
  const { assetUuid, tag, workflow, by } = tagging;
  return app.store.transaction(async ({ db }) => {
    if ((await whoseTag(db, assetUuid, tag)) !== 'none') return 'there';
    return withDecision(db, { system: 'tieline', step: 'tag an asset' }, async (operationId) => {
      await addWorkflowTag(db, assetUuid, tag, { workflow, by, at: app.now(), operationId });
      await recordChanges(db, { systemId: null, operationId }, [inJournal(tagging, true)]);
      return 'tagged' as const;
    });
  });
}

/**
 * Takes away what a workflow tagged, here and with the next sync at the scanners.
 * @returns `other`: no workflow set it, so it stays; `none`: the asset does not bear it.
 */
export async function untag(
  app: Pick<App, 'store' | 'now'>,
  tagging: Omit<Tagging, 'workflow'>,
): Promise<'untagged' | 'other' | 'none'> {
  const { assetUuid, tag } = tagging;
  return app.store.transaction(async ({ db }) => {
    const whose = await whoseTag(db, assetUuid, tag);
    if (whose !== 'workflow') return whose;
    return withDecision(db, { system: 'tieline', step: 'untag an asset' }, async (operationId) => {
      await endTag(db, app.now(), tagging);
      await recordChanges(db, { systemId: null, operationId }, [inJournal(tagging, false)]);
      return 'untagged' as const;
    });
  });
}

const endTag = (db: Kysely<Database>, at: Date, { assetUuid, tag, by }: Omit<Tagging, 'workflow'>) =>
  endWorkflowTag(db, assetUuid, tag, { by, at });
