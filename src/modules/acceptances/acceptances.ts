/**
 * Acceptances that people ask for here: an accept, false positive or recast rule at a scanner's server, made and withdrawn
 * there by the next sync, through plan, approval and outbox like any other change.
 */
import { z } from 'zod';
import { type FieldFault, TielineError } from '../../platform/errors/index.ts';
import { acceptanceKinds, byPerson, severities } from '../../canonical/vocabulary/index.ts';
import {
  countCovered,
  listAssetsThere,
  isKnownPlugin,
  listAcceptances,
  type AcceptanceEntry,
  type AcceptanceFilter,
  type AssetThere,
  type Covered,
} from './acceptances.sql.ts';
import { fetchPluginTitles, recordChanges, withDecision } from '../../ledger/operations/index.ts';
import { findAssets } from '../../record/assets/index.ts';
import { insertRows, updateRows } from '../../record/entities/index.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import type { App } from '../../engine/run/index.ts';
import { fetchSystem } from '../../engine/connections/index.ts';

export type { AcceptanceEntry };

const request = z
  .strictObject({
    kind: z.enum(acceptanceKinds),
    plugin: z.string().regex(/^\d{1,12}$/, 'a plugin id is a whole number'),
    /** One asset, by uuid (its first eight characters will do), name or address; absent: all. */
    asset: z.string().trim().min(1).optional(),
    repository: z.string().max(50).optional(),
    port: z.int().min(0).max(65535).optional(),
    protocol: z.string().trim().toLowerCase().max(20).optional(),
    severity: z.enum(severities).optional(),
    comment: z.string().trim().min(1, 'say why: an auditor will ask'),
    name: z.string().max(255).optional(),
    until: z.iso.date('must be a day, YYYY-MM-DD').optional(),
    by: z.string().min(1),
  })
  .refine((asked) => (asked.kind === 'recast') === (asked.severity !== undefined), {
    path: ['severity'],
    message: 'is given for a recast, and only for it',
  });
export type AcceptanceRequest = z.input<typeof request>;

export interface AcceptanceQuery extends Omit<AcceptanceFilter, 'systemId'> {
  readonly system?: string;
}

export async function findAcceptances(
  app: App,
  query: AcceptanceQuery,
  limit: number,
): Promise<AcceptanceEntry[]> {
  const { system, ...rest } = query;
  if (rest.pluginId !== undefined && !(await isKnownPlugin(app.db, rest.pluginId)))
    throw new TielineError('USAGE', `Unknown plugin "${rest.pluginId}".`, {
      remedy: 'No finding and no acceptance names it. All acceptances: tieline acceptances list --all',
    });
  return listAcceptances(
    app.db,
    { ...rest, ...(system === undefined ? {} : { systemId: (await fetchSystem(app, system)).id }) },
    { limit, now: app.now() },
  );
}

const refused = (fields: readonly FieldFault[]): TielineError =>
  new TielineError('USAGE', 'The acceptance was not recorded.', { fields });

/** A rule that could be made, and what it would cover now. */
export interface CheckedAcceptance {
  readonly systemId: number;
  readonly wanted: z.output<typeof request>;
  /** As the server spells where it holds. */
  readonly where: { readonly scope: string; readonly repository?: string };
  readonly pluginName: string;
  readonly asset: AssetThere | undefined;
  readonly covers: Covered;
}

/**
 * Checks what is asked for, and counts what it would cover; records nothing.
 * @throws USAGE naming each field that breaks a rule; if the server takes no rules, no scan knows the plugin, or the asset is
 *   not one that the server reports, or one of several.
 */
export async function checkAcceptance(
  app: App,
  system: string,
  asked: AcceptanceRequest,
): Promise<CheckedAcceptance> {
  const parsed = request.safeParse(asked);
  if (!parsed.success)
    throw refused(
      parsed.error.issues.map((issue) => ({ field: issue.path.join('.'), message: issue.message })),
    );
  const wanted = parsed.data;
  const { id: systemId, system_type: systemType } = await fetchSystem(app, system);
  const declaration = app.modules.get(systemType)?.declaration;
  if (!declaration?.acceptanceScope)
    throw refused([
      { field: 'system', message: `${system} is of a type (${systemType}) that has no such rules` },
    ]);
  if (wanted.until !== undefined && `${wanted.until}T23:59:59Z` < app.now().toISOString())
    throw refused([{ field: 'until', message: `${wanted.until} is past` }]);
  const pluginName = (await fetchPluginTitles(app.db, [wanted.plugin])).get(wanted.plugin);
  if (pluginName === undefined)
    throw refused([
      {
        field: 'plugin',
        message: `no scan has reported a plugin ${wanted.plugin}: check the number, or read the findings first (tieline sync run --system ${system})`,
      },
    ]);
  const asset =
    wanted.asset === undefined ? undefined : await oneAsset(app, { system, systemId }, wanted.asset);
  const covers = await countCovered(app.db, systemId, {
    pluginId: wanted.plugin,
    assetUuid: asset?.assetUuid,
    port: wanted.port,
    protocol: wanted.protocol,
  });
  const where = asset === undefined ? { scope: 'all' } : declaration.acceptanceScope(asset.externalId);
  return { systemId, wanted, where, pluginName, asset, covers };
}

const shownAtMost = 5;
/** So many assets that are named alike are looked at. */
const namedAtMost = 100;

async function oneAsset(
  app: App,
  { system, systemId }: { readonly system: string; readonly systemId: number },
  wanted: string,
): Promise<AssetThere> {
  // By the names that hold everywhere; those that another source reports are not meant here.
  const named = await findAssets(app.db, wanted, namedAtMost);
  const found = await listAssetsThere(
    app.db,
    systemId,
    named.map((each) => each.assetUuid),
  );
  const [asset] = found;
  if (!asset)
    throw refused([
      {
        field: 'asset',
        message: `${wanted} is not an asset that ${system} reports; give its uuid, a name or an address`,
      },
    ]);
  if (found.length === 1) return asset;
  const names = found
    .slice(0, shownAtMost)
    .map((each) => `${each.assetUuid} (${each.hostname ?? 'no name'})`);
  throw refused([
    {
      field: 'asset',
      message: `${wanted} may be several assets; give the uuid of one: ${names.join(', ')}${found.length > shownAtMost ? ', …' : ''}`,
    },
  ]);
}

/**
 * Records an acceptance; the next sync makes the rule at the server. `until`: the last day on which it holds (UTC).
 * @param checked of `checkAcceptance`.
 */
export async function addAcceptance(
  app: App,
  system: string,
  { systemId, wanted, where }: CheckedAcceptance,
): Promise<{ readonly id: number; readonly operationId: string }> {
  const row = {
    external_system_id: systemId,
    name: wanted.name ?? null,
    kind: wanted.kind,
    plugin_id: wanted.plugin,
    ...where,
    ...(wanted.repository === undefined ? {} : { repository: wanted.repository }),
    port: wanted.port ?? null,
    protocol: wanted.protocol ?? null,
    severity: wanted.severity ?? null,
    comment: wanted.comment,
    expires_at: wanted.until === undefined ? null : `${wanted.until}T23:59:59`,
    status: 'active',
    requested_by: wanted.by,
    created_at: 'now',
    updated_at: 'now',
  };
  return app.store.transaction(async (tx) => {
    const [id = ''] = await insertRows(tx.db, 'acceptance', [row]);
    const operationId = await recordDecision(tx, { system, systemId, step: 'ask for an acceptance' }, [
      { entityId: id, after: row, decidedBy: byPerson(wanted.by), reason: wanted.comment },
    ]);
    return { id: Number(id), operationId };
  });
}

/**
 * Withdraws an acceptance; the next sync ends the rule at the server. One that was never sent is not sent any more.
 * @throws USAGE if there is none with this id, or it was withdrawn already.
 */
export async function withdrawAcceptance(
  app: App,
  id: number,
  decided: { readonly by: string; readonly reason: string | undefined },
): Promise<{ readonly operationId: string; readonly system: string }> {
  const [found] = await listAcceptances(app.db, { id, all: true }, { limit: 1, now: app.now() });
  if (!found)
    throw new TielineError('USAGE', `There is no acceptance ${id}.`, {
      remedy: 'See `tieline acceptances list`.',
    });
  if (found.status === 'withdrawn')
    throw new TielineError('USAGE', `Acceptance ${id} was withdrawn already.`);
  const { id: systemId } = await fetchSystem(app, found.system);
  return app.store.transaction(async (tx) => {
    await updateRows(tx.db, 'acceptance', [{ entityId: String(id), columns: { status: 'withdrawn' } }]);
    const operationId = await recordDecision(
      tx,
      { system: found.system, systemId, step: 'withdraw an acceptance' },
      [
        {
          entityId: String(id),
          field: 'status',
          before: 'active',
          after: 'withdrawn',
          decidedBy: byPerson(decided.by),
          ...(decided.reason === undefined ? {} : { reason: decided.reason }),
        },
      ],
    );
    return { operationId, system: found.system };
  });
}

async function recordDecision(
  tx: Tx,
  where: { readonly system: string; readonly systemId: number; readonly step: string },
  entries: readonly Omit<Parameters<typeof recordChanges>[2][number], 'entity' | 'direction'>[],
): Promise<string> {
  const { system, step, systemId } = where;
  return withDecision(tx.db, { system, step, records: entries.length }, async (operationId) => {
    await recordChanges(
      tx.db,
      { systemId, operationId },
      entries.map((entry) => ({ ...entry, entity: 'acceptance', direction: 'internal' as const })),
    );
    return operationId;
  });
}
