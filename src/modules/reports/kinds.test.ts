import { expect, it } from 'vitest';
import { reportKind, reportKindNames } from './kinds.ts';

const kindsWith = (part: string) =>
  reportKindNames.filter((name) => reportKind(name).parts.some((each) => each === part));

it('a report that holds exploited vulnerabilities needs the right to see threat feeds', () => {
  const kinds = kindsWith('exploited');
  expect(kinds).toContain('executive-summary');
  expect(kinds.filter((name) => !reportKind(name).needs.includes('intelligence:read'))).toEqual([]);
});

it('a year of metrics is read only for papers that draw one', () => {
  expect(kindsWith('series')).toEqual(['metrics-pack', 'executive-summary', 'ao-briefing', 'kev-status']);
  expect(kindsWith('series').filter((name) => !kindsWith('metrics').includes(name))).toEqual([]);
});
