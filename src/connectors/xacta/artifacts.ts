/**
 * Files kept with a POA&M. Such a server keeps them under the POA&M's system as a rule, whose id is a field of the POA&M: what a path of
 * the profile names in braces is taken from there.
 */
import type { Change, ExternalRecord, FindKey, WriteResult } from '../kit/index.ts';
import { fillPath } from './field-path.ts';
import type { Profile } from './profile.ts';
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
const ofPoam = (
  { parent }: NonNullable<Profile['entities']['artifact']>,
  poamId: string,
): Readonly<Record<string, string>> => (parent?.entity === 'poam' ? { [parent.field]: poamId } : {});

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
