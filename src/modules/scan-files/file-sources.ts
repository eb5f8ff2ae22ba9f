/** The external system that represents scan files: it is never called, and no sync includes it. */
import type { ScanFileReader } from '../../connectors/kit/index.ts';
import { distance, TielineError } from '../../platform/errors/index.ts';
import { isJsonObject } from '../../platform/values/index.ts';
import {
  type ExternalSystemRow,
  findSystem,
  insertMappings,
  insertSystem,
  listSystems,
  updateSystemConfig,
} from '../../ledger/external-systems/index.ts';
import { mappingRowOf } from '../../canonical/mapping/index.ts';
import type { App } from '../../engine/run/index.ts';

/** The source of files for which none is named. */
export const usualSource = 'scan files';

export interface SourceChoice {
  readonly name: string;
  /** Made also where its name is nearly that of another one. */
  readonly isNew: boolean;
  /** IANA name: of times that name no zone, or one of several meanings; kept with the source. */
  readonly timeZone: string | undefined;
}

export interface FileSource {
  readonly row: ExternalSystemRow;
  readonly timeZone: string | undefined;
  /** Whether it was made just now. */
  readonly isMade: boolean;
}

/**
 * Refuses a source that cannot be used or made.
 * @returns the source, if it is there. @throws as `ensureSource`.
 */
export async function refuseSource(
  app: Pick<App, 'db'>,
  reader: ScanFileReader,
  { name, isNew, timeZone }: SourceChoice,
): Promise<ExternalSystemRow | undefined> {
  if (timeZone !== undefined && !reader.isTimeZone(timeZone))
    throw new TielineError('SETTING_INVALID', `"${timeZone}" is not a time zone.`, {
      fields: [{ field: '--zone', message: 'expected an IANA name, such as Europe/Dublin or Asia/Kolkata' }],
      remedy: 'Nothing was imported; correct it and run the command again.',
    });
  const known = await findSystem(app.db, name);
  if (known?.system_type === reader.systemType) return known;
  if (known)
    throw new TielineError('USAGE', `${name} is a ${known.system_type}, which files cannot be filed under.`, {
      fields: [{ field: '--system', message: 'name another source; it is made if it is not there' }],
    });
  if (!/^[A-Za-z0-9][A-Za-z0-9._ -]{0,49}$/.test(name))
    throw new TielineError('SETTING_INVALID', `"${name}" cannot be the name of a source.`, {
      fields: [
        {
          field: '--system',
          message:
            'letters, digits, space and ._- , at most 50, beginning with a letter or digit; for example: enclave-7',
        },
      ],
      remedy: 'Nothing was imported; correct it and run the command again.',
    });
  const like = (await listSystems(app.db))
    .map((each) => each.system_name)
    .find((each) => isNearly(each, name));
  if (like !== undefined && !isNew)
    throw new TielineError('USAGE', `There is no source named ${name}; did you mean ${like}?`, {
      fields: [{ field: '--system', message: `name ${like}, or give --new-source to make another one` }],
    });
  return undefined;
}

/**
 * The source of that name, made if it is not there.
 * @throws TielineError SETTING_INVALID where the name or the zone is invalid; USAGE where another kind of system carries the name, or
 * where the name is nearly that of a known one and it was not confirmed that a new one is meant.
 */
export async function ensureSource(
  app: App,
  reader: ScanFileReader,
  choice: SourceChoice,
): Promise<FileSource> {
  const { timeZone } = choice;
  const known = await refuseSource(app, reader, choice);
  if (!known) return { row: await makeSource(app, reader, choice), timeZone: choice.timeZone, isMade: true };
  const config = isJsonObject(known.connection_config) ? known.connection_config : {};
  const kept = typeof config['time_zone'] === 'string' ? config['time_zone'] : undefined;
  if (timeZone !== undefined && timeZone !== kept)
    await updateSystemConfig(app.db, known.id, { ...config, time_zone: timeZone });
  return { row: known, timeZone: timeZone ?? kept, isMade: false };
}

async function makeSource(
  app: App,
  reader: ScanFileReader,
  { name, timeZone }: SourceChoice,
): Promise<ExternalSystemRow> {
  return app.store.transaction(async (tx) => {
    const row = await insertSystem(tx.db, {
      name,
      type: reader.systemType,
      url: 'file:',
      config: timeZone === undefined ? {} : { time_zone: timeZone },
      syncEnabled: false,
    });
    if (!row) throw new TielineError('SYSTEM_EXISTS', `There is a system named ${name} already.`);
    await insertMappings(
      tx.db,
      row.id,
      reader.mappings.map((mapping) => mappingRowOf(mapping)),
    );
    return row;
  });
}

/** Whether a name may be another one misspelled: one letter in five is wrong, missing, too many or turned, or only case and signs differ. */
export function isNearly(known: string, typed: string): boolean {
  const plain = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  const [a, b] = [plain(known), plain(typed)];
  const allowed = Math.max(1, Math.floor(Math.max(a.length, b.length) / 5));
  return distance(a, b) <= allowed;
}
