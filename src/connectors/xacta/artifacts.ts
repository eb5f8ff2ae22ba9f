/**
 * Files kept with a POA&M. Such a server keeps them under the POA&M's system as a rule, whose id is a field of the POA&M: what a path of
 * the profile names in braces is taken from there.
 */
import {
  type Change,
  type ExternalRecord,
  type FindKey,
  type Holder,
  PageWalk,
  type WriteResult,
} from '../kit/index.ts';
import { fillPath } from './field-path.ts';
import { fetchPage } from './lists.ts';
import type { Profile, ProfileEntity } from './profile.ts';
import { externalRecord } from './records.ts';
import type { Session } from './session.ts';
import { findRecord, writeRecord } from './write.ts';

/** The profile with the paths of this POA&M's artifacts; undefined: the POA&M is not there, or the profile knows no artifacts. */
async function profileFor(
  session: Session,
  profile: Profile,
  poamId: string,
  signal: AbortSignal,
): Promise<Profile | undefined> {
  const { artifact } = profile.entities;
  if (!artifact) return undefined;
  const poam = await findRecord(session, profile, 'poam', { by: 'id', externalId: poamId }, signal);
  if (!poam) return undefined;
  const filled = <T extends { readonly path: string }>(place: T): T => ({
    ...place,
    path: fillPath(place.path, { parent: poamId }, poam.raw),
  });
  const { list, create } = artifact;
  return {
    ...profile,
    entities: {
      ...profile.entities,
      artifact: {
        ...artifact,
        ...(list ? { list: { ...filled(list), query: { ...list.query, ...ofPoam(artifact, poamId) } } } : {}),
        ...(create ? { create: filled(create) } : {}),
      },
    },
  };
}

/** The list of a system holds the files of all its POA&Ms; a server that does not know the parameter shows them all. */
const ofPoam = ({ parent }: ProfileEntity, poamId: string): Readonly<Record<string, string>> =>
  parent?.entity === 'poam' ? { [parent.field]: poamId } : {};

/** Looks an artifact of a POA&M up. */
export async function findArtifact(
  session: Session,
  profile: Profile,
  key: FindKey,
  signal: AbortSignal,
): Promise<ExternalRecord | undefined> {
  const poamId = key.parentId ?? '';
  const own = await profileFor(session, profile, poamId, signal);
  const placed =
    key.by === 'idempotency-key' && key.fields
      ? { ...key, fields: { ...key.fields, ...ofPoamIn(profile, poamId) } }
      : key;
  return own && findRecord(session, own, 'artifact', placed, signal);
}

/** Sends a file to be kept with its POA&M. */
export async function writeArtifact(
  session: Session,
  profile: Profile,
  change: Change,
  signal: AbortSignal,
): Promise<WriteResult> {
  const poamId = change.parentId ?? '';
  const { largestFile } = profile.entities.artifact ?? {};
  if (largestFile !== undefined && change.file && change.file.bytes > largestFile)
    return {
      outcome: 'rejected',
      message: `The file has ${change.file.bytes.toLocaleString('en')} bytes, and the server takes ${largestFile.toLocaleString('en')} at most by its profile.`,
      fields: [],
    };
  const own = await profileFor(session, profile, poamId, signal);
  if (!own && profile.entities.artifact)
    return { outcome: 'missing', message: `POA&M ${poamId} is not there any more` };
  const fields = { ...change.fields, ...ofPoamIn(profile, poamId) };
  return writeRecord(session, own ?? profile, 'artifact', { ...change, fields }, signal);
}

const ofPoamIn = ({ entities: { artifact } }: Profile, poamId: string): Readonly<Record<string, string>> =>
  artifact ? ofPoam(artifact, poamId) : {};

/**
 * The files of POA&Ms as the server lists them; undefined where the profile has no list of them. A list that several of these POA&Ms share (that
 * of their system) is read once and whole.
 */
export function listArtifacts(
  session: Session,
  profile: Profile,
  holders: readonly Holder[],
  signal: AbortSignal,
): AsyncIterable<ExternalRecord> | undefined {
  const { artifact, poam } = profile.entities;
  const list = artifact?.list;
  if (!artifact || !list) return undefined;
  const read = async function* (): AsyncGenerator<ExternalRecord> {
    const places = new Map<string, string[]>();
    for (const { externalId, parentId } of holders) {
      const known = {
        parent: externalId,
        ...(poam.parent && parentId !== undefined ? { [poam.parent.field]: parentId } : {}),
      };
      const path = await pathOf(list.path, known);
      if (path !== undefined) places.set(path, [...(places.get(path) ?? []), externalId]);
    }
    for (const [path, [one = '', ...others]] of places) {
      const query = { ...list.query, ...(others.length === 0 ? ofPoam(artifact, one) : {}) };
      yield* everyPage(session, profile, { path, items: list.items, query, signal });
    }
  };
  /** Names that nobody knows here are fields of the POA&M, which is asked for then. */
  async function pathOf(
    template: string,
    known: Readonly<Record<string, string>>,
  ): Promise<string | undefined> {
    const names = [...template.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
    if (names.every((name) => name in known)) return fillPath(template, known);
    const key = { by: 'id', externalId: known['parent'] ?? '' } as const;
    const found = await findRecord(session, profile, 'poam', key, signal);
    return found && fillPath(template, known, found.raw);
  }
  return read();
}

async function* everyPage(
  session: Session,
  profile: Profile,
  list: Parameters<typeof fetchPage>[2],
): AsyncGenerator<ExternalRecord> {
  const walk = new PageWalk(`GET ${list.path}`);
  let at: string | undefined;
  do {
    const page = await fetchPage(session, profile, list, at);
    const records = page.items.map((item) => externalRecord(profile, 'artifact', item, undefined));
    walk.note({ at, next: page.next, ids: records.map((record) => record.externalId) });
    yield* records;
    at = page.next;
  } while (at !== undefined);
}
