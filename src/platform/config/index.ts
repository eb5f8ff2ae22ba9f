export { loadSettings } from './load-settings.ts';
export type { SettingsByName } from './settings-table.ts';
