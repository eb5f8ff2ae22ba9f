import { describe, expect, it } from 'vitest';
import { TielineError } from '../../platform/errors/tieline-error.ts';
import { loadProfile, parseProfile } from './profile.ts';

function faultsOf(text: string): readonly string[] {
  try {
    parseProfile(text, 'test');
  } catch (error) {
    if (error instanceof TielineError && error.code === 'PROFILE_INVALID')
      return error.fields.map((fault) => fault.field);
    throw error;
  }
  return [];
}

const minimal = `
profile: minimal
title: Minimal
auth: { kind: bearer }
paging: { style: none }
concurrency: { kind: none }
errors: { message: message }
entities:
  system: { list: { path: /systems }, id: id }
  poam: { list: { path: '/systems/{parent}/poams' }, parent: { entity: system, field: system_id }, id: id }
`;

describe('a profile', () => {
  it('a profile ships for our own simulator, and states that it is not an interface of Telos', () => {
    expect(loadProfile('default').title).toContain('not a Telos interface');
  });

  it('a profile may be as short as an installation that only lists', () => {
    expect(faultsOf(minimal)).toEqual([]);
  });

  it('a profile is refused with every wrong field named', () => {
    expect(
      faultsOf(
        minimal
          .replace('kind: bearer', 'kind: telepathy')
          .replace('/systems,', 'x')
          .replace('style: none', 'style: page'),
      ),
    ).toEqual(expect.arrayContaining(['auth.kind', 'paging.pageParameter']));
    expect(faultsOf(minimal.replace('path: /systems }', 'path: systems }'))).toEqual([
      'entities.system.list.path',
    ]);
    expect(faultsOf(`${minimal}\ncolour: red`)).toEqual(['(whole file)']);
    expect(faultsOf('- just a list')).toEqual(['(whole file)']);
  });

  it('a profile that does not exist is an error that names what to set', () => {
    expect(() => loadProfile('/nowhere/profile.yaml')).toThrow('could not be read');
  });
});
