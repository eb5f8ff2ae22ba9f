import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import type { FieldMapping, Transform } from '../../canonical/mapping/mapping.ts';
import { compareMappings } from '../../canonical/mapping/mapping-set.ts';
import { fromFile, toFile } from './mappings.ts';

/** `__proto__` is no key that any reader of JSON or YAML keeps. */
const jsonValue = fc.jsonValue().filter((value) => !JSON.stringify(value).includes('__proto__'));

const transform: fc.Arbitrary<Transform> = fc.oneof(
  fc.constant<Transform>({ kind: 'trim' }),
  fc.record({ kind: fc.constant('case' as const), to: fc.constantFrom('upper' as const, 'lower' as const) }),
  fc.record({ kind: fc.constant('split' as const), separator: fc.string({ minLength: 1 }) }),
  fc.record({ kind: fc.constant('template' as const), text: fc.string() }),
  fc.record({ kind: fc.constant('values' as const), map: fc.dictionary(fc.string(), fc.string()) }),
  fc.record({ kind: fc.constant('constant' as const), value: jsonValue as fc.Arbitrary<string> }),
);
const mapping: fc.Arbitrary<FieldMapping> = fc.record({
  entityType: fc.constantFrom('poam', 'control'),
  externalField: fc.string({ minLength: 1 }),
  internalField: fc.string({ minLength: 1 }),
  direction: fc.constantFrom('inbound' as const, 'outbound' as const, 'bidirectional' as const),
  transforms: fc.array(transform, { maxLength: 3 }),
  required: fc.boolean(),
});

it('an exported mapping file gives back the mappings that were written into it', () => {
  fc.assert(
    fc.property(fc.array(mapping, { maxLength: 6 }), (mappings) => {
      const read = fromFile(parse(stringify(toFile(mappings))));
      // JSON knows no negative zero.
      expect(JSON.parse(JSON.stringify(read))).toEqual(JSON.parse(JSON.stringify(mappings)));
    }),
  );
});

it('two sets of mappings differ in the order of their transforms, and not in that of a transform’s keys', () => {
  const trim = { kind: 'trim' } as const;
  const upper = { kind: 'case', to: 'upper' } as const;
  const values = (map: Record<string, string>): Transform => ({ kind: 'values', map });
  const one = (...transforms: Transform[]): FieldMapping[] => [
    {
      entityType: 'poam',
      externalField: 'a',
      internalField: 'status',
      direction: 'inbound',
      transforms,
      required: false,
    },
  ];
  const stored = one(values({ a: '1', b: '2' }));
  const written = one({ map: { b: '2', a: '1' }, kind: 'values' });
  expect(compareMappings(stored, written).changed).toEqual([]);
  expect(compareMappings(one(trim, upper), one(upper, trim)).changed).toHaveLength(1);
});
