import { expect, test } from 'vitest';
import { tokensIn } from '../weaknesses/poam-mentions.ts';
import type { JudgedWeakness } from '../weaknesses/judge-weaknesses.ts';
import { mayBeAnsweredBy, type UnreadPoam } from './unread-poams.ts';

const weakness = (systemId: string, pluginId: string, ...cves: string[]): JudgedWeakness =>
  ({ weakness: { systemId, pluginId, cves } }) as unknown as JudgedWeakness; // what is looked at
const unread = (text: string, ...systemIds: string[]): UnreadPoam => ({
  externalId: 'P',
  message: 'scheduled_completion: is no date',
  systemIds,
  tokens: tokensIn(text),
});

test.each([
  ['a weakness of its system', unread('{}', 'S1'), weakness('S1', '20001'), true],
  [
    'no weakness of another system, though it names the plugin',
    unread('{"source":"20001"}', 'S1'),
    weakness('S2', '20001'),
    false,
  ],
  [
    'where its system is not known, what names it',
    unread('{"source":"plugin 20001"}'),
    weakness('S2', '20001'),
    true,
  ],
  ['or a CVE of it', unread('{"cve":["CVE-2026-1111"]}'), weakness('S2', '20001', 'CVE-2026-1111'), true],
  ['and nothing else', unread('{"source":"plugin 120001, 2026"}'), weakness('S2', '20001'), false],
])('a POA&M that cannot be read holds: %s', (_what, poam, judged, expected) => {
  expect(mayBeAnsweredBy([poam], judged) !== undefined).toBe(expected);
});
