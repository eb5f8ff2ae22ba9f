import type { ControlRule } from '../../api/control-rules.ts';

export const matchWords: Readonly<Record<ControlRule['matchField'], string>> = {
  cci: 'CCI of the check',
  plugin_id: 'Plugin',
  family: 'Plugin family',
  cwe: 'CWE',
  cve: 'CVE',
  name: 'Plugin name',
  any: 'Everything else',
};

/** What its pattern looks like, by what it matches. */
export const examples: Readonly<Record<ControlRule['matchField'], string>> = {
  cci: 'CCI-000366',
  plugin_id: '156032',
  family: '^web servers$',
  cwe: 'CWE-798',
  cve: 'CVE-2021-44228',
  name: 'default password',
  any: '.',
};

export const isExpression = (field: ControlRule['matchField']): boolean =>
  field === 'family' || field === 'name';

export const patternWords = ({ matchField, pattern }: ControlRule): string =>
  matchField === 'any' ? '' : isExpression(matchField) ? `/${pattern}/i` : pattern;
