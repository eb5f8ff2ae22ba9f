import { resolve } from 'node:path';
import { z } from 'zod';
import { isJsonObject, type JsonObject, Secret } from '../../platform/values/index.ts';
import type { EntityType, SettingMeta } from '../kit/index.ts';
import { loadProfile, type Profile, type ProfileEntity } from './profile.ts';

/** Settings of one Xacta, as external_systems.connection_config keeps them. Which are needed depends on the profile's `auth`. */
export const xactaSettings = z.object({
  profile: z
    .string()
    .min(1)
    .default('default')
    // A worker is started in another directory than the one in which the path was typed.
    .transform((name) => (name === 'default' ? name : resolve(name)))
    .meta({
      description: '`default`, or the path of a profile for this installation.',
      namesFile: true,
    } satisfies SettingMeta),
  username: z.string().min(1).optional().describe('The account that signs in; for `login` and `basic`.'),
  password: z.instanceof(Secret).optional().describe('Its password.'),
  token: z.instanceof(Secret).optional().describe('The API token; for `bearer`.'),
  client_id: z.string().min(1).optional().describe('The OAuth2 client; for `oauth2-client-credentials`.'),
  client_secret: z.instanceof(Secret).optional().describe('Its secret.'),
});
export type XactaSettings = z.output<typeof xactaSettings>;

const neededBy = {
  none: [],
  basic: ['username', 'password'],
  login: ['username', 'password'],
  bearer: ['token'],
  'oauth2-client-credentials': ['client_id', 'client_secret'],
} as const;

const profileOf = (settings: JsonObject): Profile =>
  loadProfile(
    isJsonObject(settings) && typeof settings['profile'] === 'string' ? settings['profile'] : 'default',
  );

/** What the profile's way of signing in needs. @throws TielineError PROFILE_INVALID. */
export const requiredByProfile = (settings: JsonObject): readonly string[] =>
  neededBy[profileOf(settings).auth.kind];

/** Which writes of an entity the profile has an endpoint for. @throws TielineError PROFILE_INVALID. */
export function takenByProfile(
  settings: JsonObject,
  entity: EntityType,
): { readonly create: boolean; readonly update: boolean } {
  const entities: Readonly<Partial<Record<EntityType, ProfileEntity | undefined>>> =
    profileOf(settings).entities;
  const shape = entities[entity];
  return { create: shape?.create !== undefined, update: shape?.update !== undefined };
}
