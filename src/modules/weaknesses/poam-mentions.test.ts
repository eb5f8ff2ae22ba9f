import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { mentionsIn, tokensIn } from './poam-mentions.ts';

const pluginsIn = (text: string): string => mentionsIn([text]).plugins.join(' ');

describe('the plugins that a POA&M names', () => {
  test.each([
    ['Tenable plugin 20001', '20001'],
    ['Nessus Plugin ID 20001', '20001'],
    ['ACAS plugin 20001', '20001'],
    ['Nessus Plugin IDs: 19999, 20002', '19999 20002'],
    ['Plugin ID(s) 19999 and 20002', '19999 20002'],
    ['plugins 19999; 20002, and 20003 / 20004', '19999 20002 20003 20004'],
    ['Plugin IDs:\n20001\n20002', '20001 20002'],
    ['Plugins 20001 (High), 20002 (Critical)', '20001 20002'],
    ['ACAS - 20004', '20004'],
    ['ACAS: 20004, 20005', '20004 20005'],
    ['ACAS/Nessus scan 20004', '20004'],
    ['Tenable.sc finding #200041', '200041'],
    ['Pluginid=20007', '20007'],
    ['plugin_id: "20007"', '20007'],
    ['Plug-in no. 20007', '20007'],
    ['Tenable Plugin #20008 / CVE-2026-20009', '20008'],
    ['Plugin 20003: named in the description only', '20003'],
    ['The weakness (plugin 20003) is on port 443.', '20003'],
    ['Plugin 20003 hosts: web01', '20003'],
    ['PLUGIN 7 of the passive scanner', '7'],
    ['see plugin 20001. 2026 budget', '20001'],
  ])('the plugins that a POA&M names: %s', (text, expected) => {
    expect(pluginsIn(text)).toBe(expected);
  });

  test.each([
    'ACAS scan of 2026',
    'ACAS Nessus Scan 2026-11-25',
    'Nessus 20261125',
    'Nessus 10.4.2',
    'plugin set 202611251200',
    'plugin version 20001',
    'plugin 2026-11',
    'plugins 12/31/2026',
    'Nessus found 12000 hosts',
    'ACAS findings 12000 hosts',
    'CVE-2026-20008',
    'ACAS CVE-2026-20008',
    'SI-2, AC-17 (20)',
    'ticket 20004',
    'V-20004',
    'port 20004/tcp found by Nessus',
    'Nessus 50000/tcp',
    'plugin output: 20001abc',
    'STIG rule SV-200001r1',
    'misplugged 20001',
  ])('a POA&M text names no plugin: %s', (text) => {
    expect(pluginsIn(text)).toBe('');
  });

  test.each([
    ['plugin 20001 443/tcp', '20001'],
    ['plugin 20001, 443', '20001'],
    ['plugin 20001, 50000/udp', '20001'],
    ['plugin 20001, 2026', '20001'],
    ['plugin 20001 2026-11-25', '20001'],
    ['plugin 20001, 12000 hosts', '20001'],
    ['plugin 20001 CVE-2026-20002', '20001'],
    ['plugin 20001 due 12/31/2026', '20001'],
    ['plugin 20001, 10.20.30.40', '20001'],
  ])('a POA&M text names just one plugin: %s', (text, expected) => {
    expect(pluginsIn(text)).toBe(expected);
  });

  const plugin = fc.integer({ min: 10_001, max: 999_999 }).map(String);
  const heads = fc.constantFrom(
    'Nessus Plugin IDs: ',
    'plugin ',
    'ACAS - ',
    'Pluginid=',
    'Tenable plugins #',
  );
  const between = fc.constantFrom(', ', ',', '; ', ' and ', ' / ', ', and ', ' & ', '\n');
  const otherNumber = fc.oneof(
    fc.integer({ min: 1990, max: 2060 }).map((year) => `in ${year}`),
    fc.integer({ min: 1, max: 65_535 }).map((port) => `port ${port}`),
    fc.integer({ min: 1, max: 65_535 }).map((port) => `${port}/tcp`),
    fc.tuple(fc.integer({ min: 1999, max: 2060 }), plugin).map(([year, n]) => `CVE-${year}-${n}`),
    fc.integer({ min: 1, max: 30 }).map((n) => `SI-${n}`),
    fc
      .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 2000, max: 2060 }))
      .map(([m, y]) => `${m}/28/${y}`),
    fc.integer({ min: 2000, max: 2060 }).map((year) => `${year}-01-31`),
    fc.integer({ min: 10, max: 99_999 }).map((n) => `v${n}.${n}`),
    plugin.map((n) => `ticket ${n}`),
  );

  it('a POA&M text has every list after its keyword read whole, whatever the words around it', () => {
    fc.assert(
      fc.property(
        heads,
        fc.uniqueArray(plugin, { minLength: 1, maxLength: 6 }),
        between,
        fc.array(otherNumber, { maxLength: 3 }),
        (head, plugins, separator, others) => {
          const text = `${others.join(' ')}. ${head}${plugins.join(separator)}. See ${others.join(' ')}`;
          expect([...mentionsIn([text]).plugins].toSorted()).toEqual(plugins.toSorted());
        },
      ),
    );
  });

  it('a number with another meaning is not a plugin id, nor is a part of a longer number', () => {
    fc.assert(
      fc.property(fc.array(otherNumber, { minLength: 1, maxLength: 5 }), plugin, (others, named) => {
        expect(pluginsIn(others.join(', '))).toBe('');
        const { plugins } = mentionsIn([`Nessus plugin ${named}`]);
        for (let cut = 1; cut < named.length; cut += 1) {
          expect(plugins).not.toContain(named.slice(cut));
          expect(plugins).not.toContain(named.slice(0, -cut));
        }
      }),
    );
  });

  it('any POA&M text can be read, and every plugin named in it stands in the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        for (const each of mentionsIn([text]).plugins) expect(text).toContain(each);
      }),
    );
  });
});

test('CVEs are named in any case and with any dash', () => {
  expect(
    mentionsIn(['cve-2026-20008, CVE 2025–1234 and CVE_2024_99999; CVE-20', 'CVE-2026-20008']).cves,
  ).toEqual(['CVE-2026-20008', 'CVE-2025-1234', 'CVE-2024-99999']);
});

test('each number and CVE of a record that cannot be read may be what it is about', () => {
  const tokens = tokensIn('{"source":"ACAS 20001","due":"12/31/2026","x":"CVE-2026-5555"}');
  expect([...tokens]).toEqual(expect.arrayContaining(['20001', '2026', 'CVE-2026-5555']));
  expect(tokens.has('2000')).toBe(false);
});
