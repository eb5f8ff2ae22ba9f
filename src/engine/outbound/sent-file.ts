/** The file that a new record stands for goes out with it. */
import type { Change } from '../../connectors/kit/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import type { FileStore } from '../../platform/files/index.ts';
import { scalarText } from '../../platform/values/index.ts';
import { entity as definitionOf } from '../../record/entities/index.ts';
import type { OutboxRow } from '../outbox/index.ts';

/**
 * The change with its file, where its record stands for one.
 * @throws TielineError FILE_UNKNOWN, FILE_DAMAGED before anything is sent; FILES_ELSEWHERE where this process does not see the store.
 */
export async function withFile(
  change: Change,
  row: Pick<OutboxRow, 'entity_type' | 'payload'>,
  files: FileStore | undefined,
): Promise<Change> {
  const definition = definitionOf(row.entity_type);
  const place = definition.kind === 'linked' ? definition.outbound.file : undefined;
  if (!place || change.kind !== 'create') return change;
  if (!files) throw new TielineError('INTERNAL', 'This build of Tieline keeps no files.');
  const sha256 = scalarText(row.payload[place.hash] ?? null);
  // Read whole and compared with its hash now: what is damaged here is refused before the remote is asked. As it goes out it is compared again.
  const { bytes, stream } = await files.open(sha256);
  stream.destroy();
  const name = scalarText(row.payload[place.name] ?? null) || sha256;
  return { ...change, file: { sha256, name, bytes, open: async () => (await files.read(sha256)).stream } };
}
