import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { errorRegistry } from '../src/errors/registry.ts';
import { connectorModules } from '../src/main/connectors.ts';
import { generatedPages } from '../tools/generate-docs.ts';

const sources = globSync('src/**/*.ts').filter((file) => !/\.(test|proof)\.ts$/.test(file));
const textOf = (file: string): string => readFileSync(file, 'utf8');

// A list, and not a pattern, so that every new place is looked at.
describe('the house', () => {
  it('documents settings and errors as the code has them', () => {
    for (const [file, text] of Object.entries(generatedPages))
      expect({ file, text: textOf(file) }).toEqual({ file, text });
  });

  it('throws every error code that it documents', () => {
    const all = sources
      .filter((file) => !file.endsWith('errors/registry.ts'))
      .map(textOf)
      .join('\n');
    const unreachable = Object.keys(errorRegistry).filter((code) => !all.includes(`'${code}'`));
    expect(unreachable).toEqual([]);
  });

  it('puts every connector through the conformance suite', () => {
    const suites = globSync('src/connectors/*/*.test.ts').filter((file) =>
      textOf(file).includes('describeConnectorConformance('),
    );
    const covered = new Set(suites.map((file) => file.split('/')[2]));
    for (const type of connectorModules.keys()) expect(covered).toContain(type.replaceAll('_', '-'));
  });

  it('keeps SQL in the store', () => {
    const elsewhere = sources.filter(
      (file) =>
        !file.startsWith('src/store/') &&
        /\b(selectFrom|insertInto|updateTable|deleteFrom)\(|sql`/.test(textOf(file)),
    );
    expect(elsewhere).toEqual([]);
  });

  it('names no vendor in the layers that must not know one', () => {
    const knowing = sources.filter(
      (file) =>
        /^src\/(app|store|sync|model|cli)\//.test(file) && /connectors\/(tenable|xacta)/.test(textOf(file)),
    );
    expect(knowing).toEqual([]);
  });

  it('holds a secret open in few places', () => {
    const revealing = sources
      .filter((file) => textOf(file).includes('.reveal()'))
      .map((file) => file.split('/').slice(0, 3).join('/'));
    expect([...new Set(revealing)].toSorted()).toEqual([
      'src/app/connections',
      'src/cli/connections',
      'src/connectors/kit',
      'src/connectors/tenable',
      'src/connectors/tenable-sc',
      'src/connectors/xacta',
      'src/main/demo.ts',
      'src/main/key-file.ts',
      'src/main/simulator-process.ts',
      'src/store/database.ts',
      'src/store/metrics-query.ts',
      'src/store/scram-verifier.ts',
    ]);
  });
});
