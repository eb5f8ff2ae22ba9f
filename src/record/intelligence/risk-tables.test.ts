import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import {
  criticalityWords,
  environments,
  exploitability,
  exposure,
  impactLevels,
  reach,
  severityByRank,
  unknownCriticality,
  zones,
} from './risk-tables.ts';

const page = readFileSync('docs/intelligence.md', 'utf8').replaceAll(/\s+/g, ' ');

it('the page on the risk score says the numbers that are used', () => {
  const [, low, medium, high, critical] = severityByRank;
  const { cvssBase, cvssStep } = exploitability;
  for (const sentence of [
    `critical ${critical}, high ${high}, medium ${medium}, low ${low}`,
    `${exploitability.exploited} if listed in KEV`,
    `${exploitability.public} if exploit code is public, ${cvssBase} to ${cvssBase + 10 * cvssStep} by CVSS exploitability; ${exploitability.unknown} where nothing is known; never under ${exploitability.least}`,
    `network ${reach.network}, adjacent ${reach.adjacent}, local ${reach.local}, physical ${reach.physical}; unknown ${reach.unknown}`,
    `publicly exposed ${exposure.yes}, not exposed ${exposure.no}, unknown ${exposure.unknown}`,
    `else ${unknownCriticality}`,
    `critical ${criticalityWords.critical}, high ${criticalityWords.high}, moderate ${criticalityWords.moderate}, low ${criticalityWords.low}`,
    `overall impact high ${impactLevels.high}, moderate ${impactLevels.moderate}, low ${impactLevels.low}`,
    `production ${environments.production}, staging ${environments.staging}, test and development ${environments.test}`,
  ])
    expect(page).toContain(sentence);
  for (const zone of [...zones.yes, ...zones.no].filter((word) => !/ |airgapped/.test(word)))
    expect(page).toContain(`\`${zone}\``);
});
