import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandOver, commandText } from '../../../test/support/command-over.ts';
import { composeApp, type TestApp } from '../../../test/support/compose-app.ts';
import { cloneDatabase, type ClonedDatabase } from '../../../test/support/database.ts';
import { controlsFor, type ControlRule } from '../weaknesses/index.ts';
import {
  addControlRule,
  changeControlRule,
  explainControls,
  listStoredRules,
  removeControlRule,
} from './index.ts';

let database: ClonedDatabase;
let app: TestApp;
const by = { name: 'issm' };
beforeAll(async () => {
  database = await cloneDatabase();
  app = composeApp(database, Buffer.alloc(32, 1).toString('base64'));
  await database.pool.query(
    `insert into scan_plugins (plugin_id, name, family, cross_references, cves, raw_json) values
       ('1', 'Web flaw', 'CGI abuses', '{"CWE:79", "IAVA:2026-A-1"}', '{CVE-2026-1000}', '{}'), ('2', 'Names it itself', 'General', '{"800-53|AC-8"}', '{}', '{}'),
       ('3', 'Password in code', 'General', '{"CWE #798"}', '{}', '{}')`,
  );
});
afterAll(() => database[Symbol.asyncDispose]());

const weakness = {
  pluginId: '9',
  pluginName: 'a flaw',
  family: 'General',
  references: [] as string[],
  cves: [] as string[],
};
const rule = (matchField: ControlRule['matchField'], pattern: string, control = 'AC-2'): ControlRule => ({
  priority: 5,
  matchField,
  pattern,
  controls: [control],
  source: 'ours',
});

// Sources: NIST SP 800-53 revision 5 for the ids; the order CCI, plugin, family, CWE, patchable, configuration, RA-5 for the rules that ship.
describe('the controls of a weakness', () => {
  it.each([
    ['cci', 'CCI-000366', { references: ['CCI|CCI-000366'] }],
    ['cci', 'CCI-000366', { references: ['CCI-366'] }],
    ['cwe', 'CWE-79', { references: ['CWE:79'] }],
    ['cwe', 'CWE-79', { references: ['IAVA:1', 'CWE #79'] }],
    ['cve', 'cve-2026-1000', { cves: ['CVE-2026-1000'] }],
    ['plugin_id', '9', {}],
    ['family', '^gen', {}],
    ['name', 'flaw$', {}],
  ] as const)('are those of a rule by %s %s', (field, pattern, facts) => {
    expect(controlsFor({ ...weakness, ...facts }, [rule(field, pattern)]).controls).toEqual(['AC-2']);
    const others = {
      pluginId: '8',
      pluginName: 'x',
      family: 'y',
      references: ['CWE:790', 'CCI-003660', 'IAVA:79'],
      cves: ['CVE-2026-10001'],
    };
    expect(controlsFor(others, [rule(field, pattern)]).controls).toEqual([]);
  });

  it('come by the rules that ship: a check by its CCI, else as configuration; all else as flaw remediation', async () => {
    const rules = await listStoredRules(database.db);
    const first = (facts: Partial<typeof weakness>) =>
      controlsFor({ ...weakness, ...facts }, rules).controls[0];
    expect(first({ family: 'Compliance', references: ['CCI|CCI-002605'] })).toBe('SI-2');
    expect(first({ family: 'Compliance', references: ['CCI|CCI-000366'] })).toBe('CM-6');
    expect(first({ family: 'Compliance' })).toBe('CM-6');
    expect(first({ family: 'Red Hat Local Security Checks' })).toBe('SI-2');
    expect(first({ references: ['800-53|AC-8', 'CCI|CCI-000366'] })).toBe('AC-8');
    expect(first({})).toBe('SI-2');
  });
});

describe('the rules of controls', () => {
  it('name controls that revision 5 has, and match by an id that can be one, once', async () => {
    const add = (given: ControlRule) => addControlRule(app, given, by);
    await expect(add(rule('any', 'x', 'ZZ-1'))).rejects.toMatchObject({
      fields: [{ field: 'controls', message: 'SP 800-53 revision 5 has no control ZZ-1' }],
    });
    await expect(add(rule('any', 'x', 'SI-2(1)'))).rejects.toMatchObject({
      fields: [{ field: 'controls', message: expect.stringContaining('withdrawn in revision 5') as string }],
    });
    await expect(add(rule('cwe', '79'))).rejects.toMatchObject({ fields: [{ field: 'pattern' }] });
    await expect(add(rule('name', '('))).rejects.toMatchObject({ fields: [{ field: 'pattern' }] });
    const added = await add(rule('cwe', 'CWE-798', 'ia-5'));
    expect(added.controls).toEqual(['IA-5']);
    await expect(add(rule('cwe', 'CWE-798'))).rejects.toMatchObject({ code: 'USAGE' });
    expect(await explainControls(app, '3')).toMatchObject({
      controls: ['IA-5'],
      titles: [{ title: 'Authenticator Management' }],
      matching: [{ matchField: 'cwe' }, { matchField: 'any' }],
    });
    expect(await explainControls(app, '2')).toMatchObject({
      controls: ['AC-8'],
      reason: 'the check names it',
    });
    await changeControlRule(app, added.id, rule('cwe', 'CWE-798', 'ac-2'), by);
    expect(await explainControls(app, '3')).toMatchObject({ controls: ['AC-2'] });
    await expect(changeControlRule(app, added.id, rule('family', '^compliance$'), by)).rejects.toMatchObject({
      fields: [{ field: 'pattern', message: expect.stringContaining('another rule') as string }],
    });
    await expect(changeControlRule(app, 999_999, rule('cwe', 'CWE-1'), by)).rejects.toMatchObject({
      code: 'RECORD_UNKNOWN',
    });
    await removeControlRule(app, added.id, by);
    expect((await explainControls(app, '3')).controls[0]).toBe('SI-2');
    await expect(removeControlRule(app, added.id, by)).rejects.toMatchObject({ code: 'RECORD_UNKNOWN' });
    const { rows } = await database.pool.query(
      `select entity_id, after_value is null as gone from sync_changes where entity_type = 'control_rule' order by id`,
    );
    expect(rows).toEqual([
      { entity_id: 'cwe CWE-798', gone: false },
      { entity_id: 'cwe CWE-798', gone: false },
      { entity_id: 'cwe CWE-798', gone: true },
    ]);
  });

  it('are listed, added, explained and removed on the command line', async () => {
    const added = await commandOver(app, [
      'controls',
      'rules',
      'add',
      'cve',
      'CVE-2026-1000',
      '--control',
      'SC-7',
      '--source',
      'agreed',
    ]);
    expect(added).toMatchObject({ code: 0, json: { matchField: 'cve', priority: 50 } });
    expect((await commandText(app, ['controls', 'rules', 'explain', '1'])).out).toMatch(
      /SC-7 Boundary Protection[\s\S]*cve matches CVE-2026-1000/,
    );
    expect((await commandOver(app, ['controls', 'rules', 'list'])).json).toContainEqual(added.json);
    const { id } = added.json as { id: number };
    expect((await commandText(app, ['controls', 'rules', 'remove', String(id)])).out).toContain(
      'was removed',
    );
    expect((await commandText(app, ['controls', 'rules', 'explain', '77'])).code).toBe(2);
  });
});
