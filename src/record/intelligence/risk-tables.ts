/**
 * The numbers of the risk score (docs/intelligence.md): severity × exploitability × exposure × criticality, each from 0 to 1. They are data, read
 * by the statements that compute it and by the test of the page that documents it.
 */

/** Where no CVSS rating is known: by the scanner's word, from Info to Critical. */
export const severityByRank = [0, 0.2, 0.55, 0.8, 0.95] as const;

export const exploitability = {
  /** Listed as known to be exploited, or SSVC says so. */
  exploited: 1,
  /** Exploit code is public. */
  public: 0.6,
  /** By CVSS exploitability, from 0 to 10: this much, and this much more for each point. */
  cvssBase: 0.1,
  cvssStep: 0.03,
  /** Nothing is known. */
  unknown: 0.25,
  least: 0.05,
} as const;

/** By attack vector: what can only be attacked from the machine itself is reached by fewer. */
export const reach = { network: 1, adjacent: 0.8, local: 0.6, physical: 0.3, unknown: 1 } as const;

/** Whether an asset is publicly exposed. Unknown stays unknown: it counts as neither, and both answers are shown. */
export const exposure = { yes: 1, unknown: 0.7, no: 0.4 } as const;

/** Network zones that say whether what is in them is publicly exposed; any other says nothing of it. */
export const zones = {
  yes: [
    'dmz',
    'internet',
    'internet-facing',
    'internet facing',
    'public',
    'external',
    'extranet',
    'perimeter',
  ],
  no: [
    'internal',
    'intranet',
    'private',
    'restricted',
    'enclave',
    'isolated',
    'air-gapped',
    'airgapped',
    'management',
  ],
} as const;

/** What an asset is worth by the word that people give it; a rating from 1 to 10 counts as tenths. */
export const criticalityWords = {
  critical: 1,
  'mission critical': 1,
  'mission-critical': 1,
  'very high': 1,
  high: 0.8,
  moderate: 0.6,
  medium: 0.6,
  low: 0.3,
  'very low': 0.1,
} as const;

/** What a boundary is worth by its overall impact level (FIPS 199). */
export const impactLevels = { high: 1, moderate: 0.7, low: 0.4 } as const;

/** Where neither asset nor boundary says. */
export const unknownCriticality = 0.5;

/** By environment; any other word, and none, counts in full. */
export const environments = {
  production: 1,
  prod: 1,
  staging: 0.8,
  preproduction: 0.8,
  'pre-production': 0.8,
  uat: 0.8,
  test: 0.6,
  testing: 0.6,
  qa: 0.6,
  development: 0.6,
  dev: 0.6,
  sandbox: 0.6,
  lab: 0.6,
} as const;
