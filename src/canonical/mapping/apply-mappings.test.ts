import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tenableConnector } from '../../connectors/tenable/connector.ts';
import { xactaConnector } from '../../connectors/xacta/connector.ts';
import type { Json, JsonObject } from '../../platform/values/json.ts';
import type { FieldMapping, MappingDirection, Transform } from './mapping.ts';
import { componentRecord } from '../record-fields/index.ts';
import { checkMapping, mappingRowOf, parseMappingRow } from './mapping-row.ts';
import { compileMappings, mapRecord } from './apply-mappings.ts';

const mapping = (
  externalField: string,
  transforms: readonly Transform[],
  more: Partial<FieldMapping> = {},
): FieldMapping => ({
  entityType: 'component',
  externalField,
  internalField: 'name',
  direction: 'bidirectional',
  transforms,
  required: false,
  ...more,
});

function into(transforms: readonly Transform[], value: Json): Json | undefined | string[] {
  const mapped = compileMappings([mapping('x', transforms, { direction: 'inbound' })], 'component').inbound({
    x: value,
  });
  return mapped.ok ? mapped.record['name'] : mapped.faults.map((fault) => fault.message);
}
function out(transforms: readonly Transform[], value: Json): Json | undefined | string[] {
  const mapped = compileMappings([mapping('x', transforms)], 'component').outbound({ name: value });
  return mapped.ok ? mapped.raw['x'] : mapped.faults.map((fault) => fault.message);
}

describe('transforms', () => {
  it.each<[string, readonly Transform[], Json, Json]>([
    ['trim and case', [{ kind: 'trim' }, { kind: 'case', to: 'lower' }], '  TCP ', 'tcp'],
    ['case of each text in a list', [{ kind: 'case', to: 'title' }], ['high risk'], ['High Risk']],
    ['words, whatever their case', [{ kind: 'values', map: { ongoing: 'Open' } }], 'Ongoing', 'Open'],
    [
      'a date with a zone',
      [{ kind: 'date', external: 'iso', internal: 'instant' }],
      '2026-07-15T02:00:00+02:00',
      '2026-07-15T00:00:00.000Z',
    ],
    [
      'a date without a zone, as UTC',
      [{ kind: 'date', external: 'iso', internal: 'instant' }],
      '2026-07-15T02:00:00',
      '2026-07-15T02:00:00.000Z',
    ],
    ['seconds', [{ kind: 'date', external: 'epoch-seconds', internal: 'date' }], 1_784_073_600, '2026-07-15'],
    [
      'milliseconds',
      [{ kind: 'date', external: 'epoch-milliseconds', internal: 'instant' }],
      1_784_073_600_000,
      '2026-07-15T00:00:00.000Z',
    ],
    ['percent as a share', [{ kind: 'number', scale: 0.01 }], 93.1, 0.931],
    ['a number in a text', [{ kind: 'number', integer: true }], '42', 42],
    ['yes and no', [{ kind: 'boolean' }], 'Yes', true],
    ['one as a list', [{ kind: 'list' }], 'a', ['a']],
    ['a split text', [{ kind: 'split', separator: ',' }], 'a, b,,c', ['a', 'b', 'c']],
    ['the first', [{ kind: 'first' }], ['a', 'b'], 'a'],
    ['the last', [{ kind: 'last' }], ['a', 'b'], 'b'],
    [
      'a template over objects',
      [{ kind: 'template', text: '{type}:{id}' }],
      [{ type: 'CWE', id: 20 }, 'IAVA:1'],
      ['CWE:20', 'IAVA:1'],
    ],
    ['a template over a text with signs of its own', [{ kind: 'template', text: 'CVE-{}' }], '$&', 'CVE-$&'],
    [
      'a UUID without dashes',
      [{ kind: 'uuid' }],
      '9928CED55F8A4121B63C15B50CD461E6',
      '9928ced5-5f8a-4121-b63c-15b50cd461e6',
    ],
  ])('transforms read %s', (_what, transforms, value, expected) => {
    expect(into(transforms, value)).toEqual(expected);
  });

  it.each<[string, readonly Transform[], Json]>([
    ['a word that is not known', [{ kind: 'values', map: { open: 'Open' } }], 'ajar'],
    ['a date that does not exist', [{ kind: 'date', external: 'date', internal: 'date' }], '2026-02-30'],
    ['a month thirteen', [{ kind: 'date', external: 'date', internal: 'date' }], '2026-13-01'],
    ['a number that is none', [{ kind: 'number' }], 'many'],
    ['a fraction for a whole number', [{ kind: 'number', integer: true }], 1.5],
    ['an object for a text', [{ kind: 'text' }], { deep: true }],
    ['a list for a text', [{ kind: 'text' }], ['a']],
    ['a UUID that is none', [{ kind: 'uuid' }], 'ent-web-1'],
  ])('transforms refuse %s, and say what was expected', (_what, transforms, value) => {
    expect(into(transforms, value)).toEqual([expect.stringMatching(/expected|known words/)]);
  });

  it('transforms derive the same UUID from the same text, and different ones from different texts', () => {
    const derive = (text: string) => into([{ kind: 'uuid', derive: true }], text);
    expect(derive('ent-web-1')).toBe(derive('ent-web-1'));
    expect(derive('ent-web-1')).not.toBe(derive('ent-web-2'));
    expect(derive('ent-web-1')).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  });
});

describe('a reversible mapping', () => {
  const cases: readonly (readonly [string, readonly Transform[], fc.Arbitrary<Json>])[] = [
    ['rename', [], fc.string()],
    ['values', [{ kind: 'values', map: { a: 'A', b: 'B' } }], fc.constantFrom('a', 'b')],
    [
      'date',
      [{ kind: 'date', external: 'date', internal: 'date' }],
      fc
        .date({ noInvalidDate: true, min: new Date('1970-01-02'), max: new Date('2999-01-01') })
        .map((date) => date.toISOString().slice(0, 10)),
    ],
    [
      'seconds',
      [{ kind: 'date', external: 'epoch-seconds', internal: 'instant' }],
      fc.integer({ min: 0, max: 4_000_000_000 }),
    ],
    ['scale', [{ kind: 'number', scale: 0.01 }], fc.integer({ min: 0, max: 10_000 }).map((n) => n / 100)],
    [
      'split',
      [{ kind: 'split', separator: ';' }],
      fc.array(fc.stringMatching(/^[a-z]{1,5}$/), { minLength: 1 }).map((words) => words.join(';')),
    ],
    ['template', [{ kind: 'template', text: 'CVE-{}' }], fc.string()],
  ];
  it.each(cases)(
    'a reversible mapping (%s) gives back on the way out what came in',
    (_name, transforms, arbitrary) => {
      fc.assert(
        fc.property(arbitrary, (value) => {
          expect(out(transforms, into(transforms, value) as Json)).toEqual(value);
        }),
      );
    },
  );
});

describe('a mapping', () => {
  it('a mapping distinguishes a value that the remote left out from one that it sent as empty', () => {
    const compiled = compileMappings(
      [mapping('a', []), mapping('b', [], { internalField: 'description' })],
      'component',
    );
    expect(compiled.inbound({ b: null })).toEqual({ ok: true, record: { description: null } });
  });

  it('a mapping uses the first alternative that is present', () => {
    const compiled = compileMappings([mapping('new.name | name', [], { direction: 'inbound' })], 'component');
    expect(compiled.inbound({ name: 'old' })).toEqual({ ok: true, record: { name: 'old' } });
    expect(compiled.inbound({ name: 'old', new: { name: 'new' } })).toEqual({
      ok: true,
      record: { name: 'new' },
    });
  });

  it('a mapping names the field, the rule and what came when it refuses', () => {
    const compiled = compileMappings(
      [
        mapping('port.port', [{ kind: 'number' }], { required: true }),
        mapping('id', [], { required: true, internalField: 'component_id' }),
      ],
      'component',
    );
    expect(compiled.inbound({ port: { port: 'many' } })).toEqual({
      ok: false,
      faults: [
        { field: 'port.port', message: 'expected a number, got the string "many"' },
        { field: 'id', message: 'is required and missing' },
      ],
    });
  });

  it('a mapping holds the whole record to its schema', () => {
    const compiled = compileMappings([mapping('id', [], { internalField: 'component_id' })], 'component');
    const mapped = mapRecord(compiled, componentRecord, { id: 'CMP-1' });
    expect(mapped.ok ? [] : mapped.faults.map((fault) => fault.field)).toEqual(['parent_remote_id', 'name']);
  });

  it('a mapping never throws, whatever JSON comes', () => {
    const all = [tenableConnector, xactaConnector].flatMap((module) => module.declaration.mappings);
    const entities = [...new Set(all.map((each) => each.entityType))].map((entity) =>
      compileMappings(all, entity),
    );
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom(
            'id',
            'asset',
            'plugin',
            'port',
            'state',
            'severity',
            'status',
            'milestones',
            'name',
          ),
          fc.jsonValue(),
        ),
        (raw) => {
          for (const compiled of entities)
            expect(typeof compiled.inbound(raw as JsonObject).ok).toBe('boolean');
        },
      ),
    );
  });
});

describe('a mapping before it is kept', () => {
  const faultsOf = (
    transforms: readonly Transform[],
    direction: MappingDirection,
    more: Partial<FieldMapping> = {},
  ) => checkMapping(mapping('x', transforms, { direction, ...more })).length;

  it('a mapping may be reversible in both directions, else inbound only', () => {
    for (const transform of [
      { kind: 'first' },
      { kind: 'lookup', table: 't' },
      { kind: 'uuid', derive: true },
      { kind: 'values', map: { a: 'X', b: 'X' } },
    ] as const) {
      expect(faultsOf([transform], 'inbound')).toBe(0);
      expect(faultsOf([transform], 'bidirectional')).toBe(1);
    }
  });

  it('a mapping must name an entity and a field of it', () => {
    expect(faultsOf([], 'inbound', { internalField: 'colour' })).toBe(1);
    expect(faultsOf([], 'inbound', { entityType: 'cat' })).toBe(1);
  });

  it('a mapping is the same after it was stored and read', () => {
    for (const module of [tenableConnector, xactaConnector])
      for (const each of module.declaration.mappings) {
        expect(checkMapping(each)).toEqual([]);
        expect(
          parseMappingRow(JSON.parse(JSON.stringify(mappingRowOf(each))) as ReturnType<typeof mappingRowOf>),
        ).toEqual(each);
      }
  });
});
