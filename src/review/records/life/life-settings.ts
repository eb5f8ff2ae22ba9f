/** How the POA&Ms of a boundary live: seen and set. */
import { type Actor, isWithin, type Scope } from '../../../canonical/access/index.ts';
import { byPerson } from '../../../canonical/vocabulary/index.ts';
import type { App } from '../../../engine/run/index.ts';
import { recordChanges, withDecision } from '../../../ledger/operations/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import {
  fetchStoredSettings,
  type LifeSettings,
  saveLifeSettings,
  settingsInForce,
  type StoredLifeSettings,
} from '../../../record/poam-life/index.ts';
import { fetchBoundariesOf } from '../../../record/entities/index.ts';
import { unknownRecord } from '../edit-record.ts';

export interface LifeSettingsShown {
  readonly systemId: string;
  /** What is set for this boundary; null: the default. */
  readonly own: StoredLifeSettings;
  readonly inForce: LifeSettings;
}

const nothingSet: StoredLifeSettings = {
  closeAfter: null,
  closeDays: null,
  reopenDays: null,
  contradiction: null,
  acceptUntil: null,
  isFedramp: null,
};

async function refuseUnknown(app: App, scope: Scope, systemId: string): Promise<void> {
  const known = await fetchBoundariesOf(app.db, 'system', [systemId]);
  if (known.has(systemId) && isWithin(scope, systemId)) return;
  throw unknownRecord('system', systemId);
}

/** @throws RECORD_UNKNOWN where there is no such boundary in the scope. */
export async function fetchLifeSettings(
  app: App,
  scope: Scope,
  systemId: string,
): Promise<LifeSettingsShown> {
  await refuseUnknown(app, scope, systemId);
  const own = (await fetchStoredSettings(app.db, systemId)) ?? nothingSet;
  return { systemId, own, inForce: settingsInForce(own) };
}

/**
 * Sets what is named; null gives it back to the default.
 * @throws RECORD_UNKNOWN where there is no such boundary in the scope; EDIT_REFUSED where the settings contradict each other.
 */
export async function setLifeSettings(
  app: App,
  actor: Actor,
  scope: Scope,
  change: {
    readonly boundary: string;
    readonly set: Partial<StoredLifeSettings>;
    readonly reason?: string | undefined;
  },
): Promise<LifeSettingsShown> {
  const before = await fetchLifeSettings(app, scope, change.boundary);
  const own = { ...before.own, ...change.set };
  const inForce = settingsInForce(own);
  if (inForce.contradiction === 'accept' && inForce.acceptUntil === null)
    throw new TielineError('EDIT_REFUSED', 'Nothing was changed.', {
      fields: [
        {
          field: 'accept_until',
          message: 'say until when a completion is accepted: --accept-until YYYY-MM-DD',
        },
      ],
    });
  const { systemId } = before;
  await app.store.transaction((tx) =>
    withDecision(tx.db, { system: 'tieline', step: 'set life of POA&Ms' }, async (operationId) => {
      await saveLifeSettings(tx.db, systemId, own, actor.name);
      await recordChanges(tx.db, { systemId: null, operationId }, [
        {
          entity: 'life_settings',
          entityId: systemId,
          field: 'settings',
          before: { ...before.own },
          after: { ...own },
          direction: 'internal',
          decidedBy: byPerson(actor.name),
          ...(change.reason === undefined ? {} : { reason: change.reason }),
        },
      ]);
    }),
  );
  return { systemId, own, inForce };
}
