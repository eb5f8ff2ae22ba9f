import { describe, expect, it } from 'vitest';
import { tenableConnector } from '../../connectors/tenable/connector.ts';
import { tenableScConnector } from '../../connectors/tenable-sc/connector.ts';
import { xactaConnector } from '../../connectors/xacta/connector.ts';
import { Secret } from '../../platform/values/secret.ts';
import type { ConnectorDeclaration } from '../../connectors/kit/contract.ts';
import { closest } from '../../platform/errors/unknown-word.ts';
import { faultsOfWhole, readSettings, requiredSettings, settingsOf } from './settings.ts';

const tenable = tenableConnector.declaration as ConnectorDeclaration;
const securityCenter = tenableScConnector.declaration as ConnectorDeclaration;
const xacta = xactaConnector.declaration as ConnectorDeclaration;

describe('a setting given as a text', () => {
  it.each(['7', '[7]', '7,', '"7"', ' 7 ', '["7"]'])(
    'a setting given as text is a list of one id where a list is meant, spelled %j',
    (text) => {
      expect(readSettings(securityCenter, { repositories: text })).toEqual({
        values: { repositories: ['7'] },
        faults: [],
      });
    },
  );

  it.each(['12345', '007', 'true', '1e3'])(
    'a setting given as text stays the text %j where a text is meant',
    (text) => {
      expect(readSettings(xacta, { username: text }).values).toEqual({ username: text });
    },
  );

  it('a setting given as text is a number where a number is meant, and one name is a list of one', () => {
    const { values, faults } = readSettings(tenable, {
      chunk_size: '500',
      requests_per_second: '0.5',
      business_tag_categories: 'Cost Center',
    });
    expect(faults).toEqual([]);
    expect(values).toEqual({
      chunk_size: 500,
      requests_per_second: 0.5,
      business_tag_categories: ['Cost Center'],
    });
  });

  it.each([
    [tenable, { requests_per_second: 'abc' }, 'must be a number'],
    [tenable, { requests_per_second: '-1' }, '>0'],
    [tenable, { acr_reason: 'because' }, 'Business Critical'],
    [tenable, { tag_category: '' }, 'empty'],
    [securityCenter, { repositories: 'all' }, 'the id of a repository is a number'],
    [xacta, { usrname: 'x' }, 'Did you mean username?'],
    [tenable, { colour: 'red' }, 'Settings: access_key'],
  ])('a setting given as text of %s is refused with the rule: %j', (declaration, given, message) => {
    const { values, faults } = readSettings(declaration, given);
    expect(values).toEqual({});
    expect(faults).toEqual([
      { field: Object.keys(given)[0], message: expect.stringContaining(message) as unknown },
    ]);
  });
});

it('the required settings depend on how one signs in', () => {
  expect(requiredSettings(xacta, {})).toEqual(['username', 'password']);
  expect(requiredSettings(securityCenter, {})).toEqual(['access_key', 'secret_key']);
  expect(requiredSettings(securityCenter, { username: 'svc' })).toEqual(['username', 'password']);
  expect(faultsOfWhole(xacta, {}, { password: new Secret('p') })).toEqual([
    { field: 'username', message: 'is missing: --set username=…' },
  ]);
  expect(faultsOfWhole(tenable, {}, { access_key: new Secret('a') })).toEqual([
    { field: 'secret_key', message: 'is missing (a secret; TENABLE_SECRET_KEY)' },
  ]);
});

it('every setting of every connector has a description', () => {
  for (const declaration of [tenable, securityCenter, xacta])
    for (const setting of settingsOf(declaration))
      expect(setting.description, `${declaration.systemType} ${setting.name}`).not.toBe('');
});

it('the name that was meant is found through a letter that is missing, too many or swapped, and none where none is near', () => {
  const known = ['username', 'repositories', 'profile'];
  for (const [typed, meant] of [
    ['usrname', 'username'],
    ['user_name', 'username'],
    ['Repository', 'repositories'],
    ['porfile', 'profile'],
    ['colour', undefined],
  ] as const)
    expect(closest(typed, known)).toBe(meant);
});
