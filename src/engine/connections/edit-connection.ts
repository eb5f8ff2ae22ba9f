/** Changing and adding a connection in one step, for who cannot be asked in between. */
import type { Store } from '../../platform/postgres/index.ts';
import type { ExternalSystemRow } from '../../ledger/external-systems/index.ts';
import { policyOfTrust } from '../../canonical/policy/index.ts';
import { editPoliciesWithin } from '../policies/index.ts';
import {
  type ChangedField,
  type ConnectionChange,
  type Decided,
  planConnectionChange,
  recordConnectionDecision,
  requireWorking,
  saveConnectionChange,
} from './change-connection.ts';
import type { ConnectionContext } from './connect.ts';
import { requireAsSeen } from './connection-version.ts';
import { addSystem, type NewSystem, refusedSettings } from './systems.ts';

export interface EditHow {
  readonly decided: Decided;
  /** Tried at the server first; false: saved as it is. */
  readonly check: boolean;
  /** Said by a person: another address is of the same server, whose ids are kept. */
  readonly isSameServer: boolean;
  /** Of the connection that the person saw; undefined: whatever it is. */
  readonly version?: string;
  readonly signal: AbortSignal;
}

export interface ConnectionEdited {
  readonly changes: readonly ChangedField[];
  /** Absent: it was so already. */
  readonly operationId?: string;
}

/** @throws TielineError as `planConnectionChange` does; SETTING_INVALID for an address of another server; REMOTE_… where it would not work. */
export async function editConnection(
  context: ConnectionContext & { store: Store },
  name: string,
  change: ConnectionChange,
  how: EditHow,
): Promise<ConnectionEdited> {
  const planned = await planConnectionChange(context, name, change);
  // Before anything is tried: what is typed for one server is sent to no other.
  if (how.version !== undefined) requireAsSeen(planned.row, how.version);
  if (planned.changes.length === 0) return { changes: [] };
  if (planned.linkedElsewhere > 0 && !how.isSameServer)
    throw refusedSettings(`The connection ${name} was not changed.`, [
      {
        field: 'url',
        message: `has ${planned.linkedElsewhere} linked records: the new address must be of the same server, and somebody must say so; for another server, add a connection of its own`,
      },
    ]);
  if (how.check) await requireWorking(context, planned, how.signal);
  const operationId = await saveConnectionChange(context.store, planned, how.decided);
  return { changes: planned.changes, operationId };
}

/** Adds a connection that is only read from, until somebody trusts it more. @throws TielineError as `addSystem` does. */
export function addReadOnly(
  context: ConnectionContext & { store: Store },
  system: NewSystem,
  decided: Decided,
): Promise<ExternalSystemRow> {
  return addSystem(context, system, async (tx, row) => {
    await editPoliciesWithin(
      tx,
      { id: row.id, name: row.system_name },
      { do: 'change', change: { entity: '*', ...policyOfTrust.read_only } },
      // It tightens what is the default.
      { way: 'none' },
    );
    const change = { field: 'connection', before: null, after: `${row.api_base_url}, read only` };
    await recordConnectionDecision(tx, row, 'add connection', [change], decided);
  });
}
