/** A finding by the beginning of its key, as a person types it. */
import { everywhere } from '../../../canonical/access/index.ts';
import type { App } from '../../../engine/run/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import { findFindingKeys } from '../../../record/finding-lists/index.ts';

/** @throws TielineError USAGE if no finding has this key, or several have one that begins so. */
export async function fetchKey(app: App, wanted: string): Promise<string> {
  const found = await findFindingKeys(app.db, everywhere, wanted, 6);
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  throw new TielineError(
    'USAGE',
    only === undefined
      ? `No finding has the key ${wanted}.`
      : `Several findings have keys that begin with ${wanted}.`,
    {
      fields: found.map((key) => ({ field: key, message: 'begins so' })),
      remedy: 'Give the key, or at least its first four letters, as `tieline findings list` shows it.',
    },
  );
}
