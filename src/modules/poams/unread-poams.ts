/**
 * POA&Ms that the GRC system has and that could not be read: one of them may be the very answer to a weakness, and a second POA&M for
 * it would be wrong. So no POA&M is made for what such a record may concern: its system, as far as that is known; where it is not,
 * the weaknesses whose plugin or CVE occurs anywhere in it, in whatever system (a POA&M that names neither would be no answer if it
 * could be read). Everything else continues. It is over when the record can be read, or when a person settled its conflict.
 */
import { isJsonObject, scalarText } from '../../platform/values/index.ts';
import { type JudgedWeakness, namedWeakness, tokensIn } from '../weaknesses/index.ts';
import { listSettledFaults } from '../../ledger/conflicts/index.ts';
import { findLatestStep, findStep, insertHeldRecords, listHeldOf } from '../../ledger/operations/index.ts';
import { fetchLinks } from '../../ledger/links/index.ts';
import { fetchRows, linkedEntity } from '../../record/entities/index.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import { compileMappings } from '../../canonical/mapping/index.ts';
import type { ConnectedSystem } from '../../engine/connections/index.ts';
import type { RunContext } from '../../engine/run/index.ts';

export interface UnreadPoam {
  readonly externalId: string;
  /** Why it could not be read. */
  readonly message: string;
  /** The systems that it may belong to, judged by what was known about it and what it says; none: that is unknown. */
  readonly systemIds: readonly string[];
  /** What its text names. */
  readonly tokens: ReadonlySet<string>;
}

/** Undefined where the POA&Ms of the GRC system were never read to their end: then nothing is known. */
export async function findUnreadPoams(
  context: Pick<RunContext, 'operationId'>,
  tx: Tx,
  system: Pick<ConnectedSystem, 'id' | 'name' | 'mappings'>,
): Promise<readonly UnreadPoam[] | undefined> {
  const read =
    (await findStep(tx.db, context.operationId, system.name, 'poam')) ??
    (await findLatestStep(tx.db, system.name, 'poam'));
  if (!read) return undefined;
  const held = await listHeldOf(tx.db, read.batch_id, linkedEntity('poam').row.table);
  if (held.length === 0) return [];
  const links = await fetchLinks(
    tx.db,
    system.id,
    'poam',
    held.map((each) => each.identifier),
  );
  const idOf = (externalId: string): string => links.get(externalId)?.entity_id ?? externalId;
  const settled = await listSettledFaults(
    tx.db,
    { systemId: system.id, entity: 'poam' },
    held.map((each) => idOf(each.identifier)),
  );
  const open = held.filter(
    (each) => !settled.some((one) => one.entityId === idOf(each.identifier) && one.fault === each.message),
  );
  const rows = await fetchRows(
    tx.db,
    'poam',
    // Not by the remote's id: a row that carries it may be another system's.
    open.flatMap((each) => links.get(each.identifier)?.entity_id ?? []),
  );
  const mapping = compileMappings(system.mappings, 'poam');
  const said = open.map(({ raw }) => (isJsonObject(raw) ? mapping.readable(raw).record : {}));
  const parents = await fetchLinks(
    tx.db,
    system.id,
    'system',
    said.map((record) => scalarText(record['parent_remote_id'])),
  );
  return open.map((each, index) => ({
    externalId: each.identifier,
    message: each.message,
    systemIds: [
      rows.get(links.get(each.identifier)?.entity_id ?? '')?.row['system_id'],
      parents.get(scalarText(said[index]?.['parent_remote_id']))?.entity_id,
    ].filter((systemId) => typeof systemId === 'string'),
    tokens: tokensIn(JSON.stringify(each.raw)),
  }));
}

/** The unread POA&M that may be the answer to a weakness, if one may. */
export function mayBeAnsweredBy(
  unread: readonly UnreadPoam[],
  { weakness }: JudgedWeakness,
): UnreadPoam | undefined {
  return unread.find(({ systemIds, tokens }) =>
    systemIds.length > 0
      ? systemIds.includes(weakness.systemId)
      : [weakness.pluginId ?? '', ...weakness.cves].some((name) => tokens.has(name)),
  );
}

/** Weaknesses by what they are: where all are by plugin, their numbers after one word. */
const listed = (judged: readonly JudgedWeakness[], word: 'plugin' | 'plugins'): string =>
  judged.every(({ weakness }) => weakness.grouping === 'plugin')
    ? `${word} ${judged.map(({ weakness }) => weakness.identifier).join(', ')}`
    : judged.map(({ weakness }) => namedWeakness(weakness)).join(', ');

/** Says about weaknesses for which the policy lets no POA&M out, by boundary; a decision of a person, so nothing that waits. */
export async function showNotLetOut(
  tx: Tx,
  system: ConnectedSystem,
  operationId: string,
  unanswered: readonly JudgedWeakness[],
): Promise<void> {
  await insertHeldRecords(
    tx.db,
    operationId,
    [...Map.groupBy(unanswered, ({ weakness }) => weakness.systemId)].map(([systemId, of]) => ({
      table: 'weaknesses',
      identifier: systemId,
      type: 'policy',
      message: `${of.length} ${of.length === 1 ? 'weakness has' : 'weaknesses have'} no POA&M: the policies of ${system.name} let no new one out (tieline policies list ${system.name}); ${listed(of, 'plugins')}`,
      raw: {},
    })),
  );
}

/** Says about each weakness that waits why, once for each system, among what the operation could not do. */
export async function showWaiting(
  tx: Tx,
  system: ConnectedSystem,
  operationId: string,
  waiting: readonly { readonly judged: JudgedWeakness; readonly unread: UnreadPoam | undefined }[],
): Promise<void> {
  const groups = Map.groupBy(
    waiting,
    ({ judged, unread }) => `${judged.weakness.systemId} ${unread?.externalId ?? ''}`,
  );
  await insertHeldRecords(
    tx.db,
    operationId,
    [...groups.values()].flatMap((of) => {
      const [first] = of;
      if (!first) return [];
      const { judged, unread } = first;
      const several = of.length > 1;
      const what = `${several ? `${of.length} weaknesses wait` : 'a weakness waits'} for`;
      const why =
        unread === undefined
          ? `the POA&Ms of ${system.name}, which were not read to their end yet; the next sync run continues`
          : `POA&M ${unread.externalId} of ${system.name}, which may be about ${several ? 'them' : 'it'} and could not be read (${unread.message})` +
            `${unread.systemIds.length === 0 ? '; to which system it belongs cannot be told, and it names the plugin or a CVE' : ''}. Correct it there, or settle its conflict`;
      return [
        {
          table: 'weaknesses',
          identifier: `${judged.weakness.systemId} ${listed(
            of.map((each) => each.judged),
            several ? 'plugins' : 'plugin',
          )}`,
          type: 'waits',
          message: `${what} ${why}`,
          raw: {},
        },
      ];
    }),
  );
}
