/**
 * The external systems that stand for files of POA&Ms: one for each boundary and family of layouts, since ids mean something within these only,
 * and what a file no longer shows is missing from that boundary alone. None is ever called, and no sync includes it.
 */
import type { Kysely } from 'kysely';
import { TielineError } from '../../platform/errors/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import { mappingRowOf } from '../../canonical/mapping/index.ts';
import {
  type ExternalSystemRow,
  findSystem,
  insertMappings,
  insertSystem,
  poamFilesType,
} from '../../ledger/external-systems/index.ts';
import { isJsonObject } from '../../platform/values/index.ts';
import { poamFileMappings } from './mappings.ts';
import { familyOf, type PoamLayout } from './poam-file.ts';

/** `fedramp SYS-001`: what such a source is called where nobody names it. */
export const usualName = (layout: PoamLayout, boundary: string): string =>
  `${familyOf[layout]} ${boundary.replaceAll(/[^A-Za-z0-9._ -]/g, '-')}`.slice(0, 50);

export interface FileSource {
  readonly row: ExternalSystemRow;
  readonly isMade: boolean;
}

/**
 * The source of that name, made if it is not there.
 * @throws TielineError USAGE where another kind of system carries the name, or it is of another boundary or family of layouts.
 */
export async function ensureSource(
  db: Kysely<Database>,
  {
    name,
    boundary,
    layout,
  }: { readonly name: string; readonly boundary: string; readonly layout: PoamLayout },
): Promise<FileSource> {
  const known = await findSystem(db, name);
  const family = familyOf[layout];
  if (known) {
    const config = isJsonObject(known.connection_config) ? known.connection_config : {};
    const refused = (message: string): TielineError =>
      new TielineError('USAGE', message, {
        fields: [
          {
            field: '--source',
            message: 'name another source, or leave it out; it is made if it is not there',
          },
        ],
      });
    if (known.system_type !== poamFilesType)
      throw refused(`${name} is a ${known.system_type}, not a source of POA&M files.`);
    if (config['boundary'] !== boundary || config['family'] !== family)
      throw refused(
        `${name} stands for files of another boundary, or of another kind than ${family} for ${boundary}.`,
      );
    return { row: known, isMade: false };
  }
  if (!/^[A-Za-z0-9][A-Za-z0-9._ -]{0,49}$/.test(name))
    throw new TielineError('SETTING_INVALID', `"${name}" cannot be the name of a source.`, {
      fields: [
        {
          field: '--source',
          message: 'letters, digits, space and ._- , at most 50, beginning with a letter or digit',
        },
      ],
    });
  const row = await insertSystem(db, {
    name,
    type: poamFilesType,
    url: 'file:',
    config: { boundary, family },
    syncEnabled: false,
  });
  if (!row) throw new TielineError('SYSTEM_EXISTS', `There is a system named ${name} already.`);
  await insertMappings(
    db,
    row.id,
    poamFileMappings.map((mapping) => mappingRowOf(mapping)),
  );
  return { row, isMade: true };
}
