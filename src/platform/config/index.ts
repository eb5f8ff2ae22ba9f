export { type AccessSettings, accessSettingsOf, usualAccessSettings } from './access-settings.ts';
export { loadSettings } from './load-settings.ts';
export type { SettingsByName } from './settings-table.ts';
