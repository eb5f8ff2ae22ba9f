/** The settings of sign-in by an identity provider (OpenID Connect). It is switched on by naming the issuer and the client. */
import { z } from 'zod';
import { Secret } from '../values/index.ts';
import { listed } from './listed.ts';

const file = z.string().min(1);
const loopback = /^http:\/\/(127\.0\.0\.1|\[::1\]|localhost)(:\d+)?(\/|$)/;
const words = (most: number) =>
  z
    .string()
    .transform(listed)
    .pipe(z.array(z.string().max(200)).min(1).max(most));

export const oidcSettings = {
  oidcIssuer: {
    env: 'TIELINE_OIDC_ISSUER',
    key: 'oidc_issuer',
    type: z
      .url()
      .refine((text) => text.startsWith('https://') || loopback.test(text), 'must begin with https://')
      .optional(),
    description:
      'The issuer of the identity provider (OpenID Connect), letter by letter as its discovery document has it. With it, and `oidc_client_id` and `console_url`, people sign in there; `tieline serve check-oidc` says what is wrong.',
    example: 'https://login.agency.example/realms/staff',
  },
  oidcClientId: {
    env: 'TIELINE_OIDC_CLIENT_ID',
    key: 'oidc_client_id',
    type: z.string().min(1).max(500).optional(),
    description: 'The client id that the identity provider gave Tieline.',
    example: 'tieline',
  },
  oidcClientSecret: {
    env: 'TIELINE_OIDC_CLIENT_SECRET',
    key: 'oidc_client_secret',
    type: z
      .string()
      .min(1)
      .transform((text) => new Secret(text))
      .optional(),
    description: 'The secret of the client (client_secret_basic); or give `oidc_private_key_file`.',
    example: 'as the identity provider shows it',
    secret: true,
  },
  oidcPrivateKeyFile: {
    env: 'TIELINE_OIDC_PRIVATE_KEY_FILE',
    key: 'oidc_private_key_file',
    type: file.optional(),
    description:
      'A private key (PEM, PKCS#8; RSA of at least 2048 bits, or EC) by which Tieline proves itself in place of a secret (private_key_jwt). The provider is given the public key.',
    example: '/etc/tieline/oidc.key',
  },
  oidcKeyId: {
    env: 'TIELINE_OIDC_KEY_ID',
    key: 'oidc_key_id',
    type: z.string().min(1).max(200).optional(),
    description: 'The key id (kid) of that key, where the provider asks for one.',
    example: 'tieline-2026',
  },
  oidcTitle: {
    env: 'TIELINE_OIDC_TITLE',
    key: 'oidc_title',
    type: z.string().min(1).max(100).default('Single sign-on'),
    description: 'What the button on the sign-in page is called.',
    example: 'Agency sign-on',
  },
  oidcDiscoveryFile: {
    env: 'TIELINE_OIDC_DISCOVERY_FILE',
    key: 'oidc_discovery_file',
    type: file.optional(),
    description:
      'The discovery document of the provider (JSON) as a file, where it cannot be fetched: a closed network.',
    example: '/etc/tieline/oidc-discovery.json',
  },
  oidcKeysFile: {
    env: 'TIELINE_OIDC_KEYS_FILE',
    key: 'oidc_keys_file',
    type: file.optional(),
    description:
      'The public keys of the provider (a JWK set, JSON) as a file, in place of its jwks_uri. It is read at each use: replace it when the provider changes its keys.',
    example: '/etc/tieline/oidc-keys.json',
  },
  oidcScopes: {
    env: 'TIELINE_OIDC_SCOPES',
    key: 'oidc_scopes',
    type: z
      .string()
      .regex(/^openid( [\x21\x23-\x5b\x5d-\x7e]+)*$/, 'must begin with openid, and have scopes by spaces')
      .default('openid profile email'),
    description: 'The scopes that are asked for.',
    example: 'openid profile email groups',
  },
  oidcGroupsClaim: {
    env: 'TIELINE_OIDC_GROUPS_CLAIM',
    key: 'oidc_groups_claim',
    type: z.string().min(1).max(200).optional(),
    description:
      'The claim that holds the names of groups, such as `groups`, or `realm_access.roles` for one within another. Grants can be given to these groups. Without it groups give nothing.',
    example: 'groups',
  },
  oidcGroupsHours: {
    env: 'TIELINE_OIDC_GROUPS_HOURS',
    key: 'oidc_groups_hours',
    type: z.coerce.number().int().min(1).max(744).default(24),
    description:
      'What groups give rests so many hours after the last sign-in, also for the tokens of the person: the provider is asked again by signing in. At least `session_hours`.',
    example: '24',
  },
  oidcNameClaim: {
    env: 'TIELINE_OIDC_NAME_CLAIM',
    key: 'oidc_name_claim',
    type: z.string().min(1).max(200).default('preferred_username'),
    description: 'The claim from which a new account takes its name; nobody is found by it.',
    example: 'preferred_username',
  },
  oidcNewPeople: {
    env: 'TIELINE_OIDC_NEW_PEOPLE',
    key: 'oidc_new_people',
    type: z.enum(['made', 'refused']).default('refused'),
    description:
      'What comes of who proves an identity that no account has: `made`, an account that may only what its groups give; or `refused`, and an administrator sees who asked.',
    example: 'made',
  },
  oidcAcr: {
    env: 'TIELINE_OIDC_ACR',
    key: 'oidc_acr',
    type: words(20).optional(),
    description:
      'Authentication contexts (acr), by commas, of which the id token must bear one; they are also asked for.',
    example: 'http://idmanagement.gov/ns/assurance/aal/2',
  },
  oidcAmr: {
    env: 'TIELINE_OIDC_AMR',
    key: 'oidc_amr',
    type: words(20).optional(),
    description: 'Authentication methods (amr), by commas, all of which the id token must bear.',
    example: 'mfa, hwk',
  },
} as const;
