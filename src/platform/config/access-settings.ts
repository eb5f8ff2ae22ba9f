/** The settings of sign-in and sessions, as the use cases are given them. */
import { settingsTable, type SettingsByName } from './settings-table.ts';

const names = [
  'sessionIdleMinutes',
  'sessionIdlePrivilegedMinutes',
  'sessionHours',
  'sessionsEach',
  'sessionsEachPrivileged',
  'stepUpMinutes',
  'lockAfter',
  'lockWindowMinutes',
  'lockMinutes',
  'signInsPerMinute',
  'secondFactor',
  'bannerFile',
  'secureCookies',
  'consoleUrl',
  'trustedProxies',
  'tlsCertificateFile',
  'clientCaFile',
  'cacPort',
  'cacUrl',
  'cacCaFile',
  'cacCrl',
  'cacCrlGraceHours',
  'cacIssuers',
  'cacPolicies',
  'cacIdentity',
  'cacTitle',
  'cacProxyHeader',
  'cacProxyVerifyHeader',
  'cacProxySecret',
  'cacProxySecretHeader',
  'cacProxyCertificates',
  'oidcIssuer',
  'oidcClientId',
  'oidcClientSecret',
  'oidcPrivateKeyFile',
  'oidcKeyId',
  'oidcTitle',
  'oidcDiscoveryFile',
  'oidcKeysFile',
  'oidcScopes',
  'oidcGroupsClaim',
  'oidcGroupsHours',
  'oidcNameClaim',
  'oidcNewPeople',
  'oidcAcr',
  'oidcAmr',
] as const satisfies readonly (keyof SettingsByName)[];

export type AccessSettings = Pick<SettingsByName, (typeof names)[number]>;

export const accessSettingsOf = (settings: SettingsByName): AccessSettings =>
  Object.fromEntries(names.map((name) => [name, settings[name]])) as AccessSettings; // just these names

/** Each by its default. */
export const usualAccessSettings = Object.fromEntries(
  names.map((name) => [name, settingsTable[name].type.parse(undefined)]),
) as AccessSettings; // each value was just parsed by its own entry's type
