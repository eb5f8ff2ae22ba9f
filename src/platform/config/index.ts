export { type AccessSettings, accessSettingsOf, usualAccessSettings } from './access-settings.ts';
export { type SignInRule, signInRulesOf } from './sign-in-rules.ts';
export { loadSettings } from './load-settings.ts';
export type { SettingsByName } from './settings-table.ts';
