import { openLinkedSink, mapperFrom } from '../../engine/inbound/index.ts';
import { fetchMappings } from '../../engine/connections/index.ts';
import type { ExternalSystemRow } from '../../ledger/external-systems/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import { entityName } from '../../record/entities/index.ts';

/** A boundary that only files know: made and linked as any GRC system's. @throws TielineError USAGE where its name cannot be one. */
export async function makeBoundary(
  tx: Tx,
  { row, operationId }: { readonly row: ExternalSystemRow; readonly operationId: string },
  boundary: { readonly id: string; readonly name: string },
): Promise<void> {
  const source = {
    systemId: row.id,
    systemType: row.system_type,
    operationId,
    policies: [],
    echo: undefined,
  };
  const sink = openLinkedSink(
    tx,
    entityName('system'),
    source,
    mapperFrom(await fetchMappings(tx.db, row.id)),
  );
  await sink.add({ externalId: boundary.id, raw: boundary });
  const { held } = await sink.finish();
  if (held[0])
    throw new TielineError('USAGE', `A boundary cannot be called so: ${held[0].message}`, {
      fields: [{ field: '--new-boundary', message: 'at most 255 characters, with letters or digits' }],
    });
}
