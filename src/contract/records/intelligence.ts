import { z } from 'zod';
import { instant, json } from '../json/index.ts';

const feed = z.enum(['kev', 'epss', 'nvd', 'cve', 'ssvc']);
const day = z.string().nullable();

const feedLoad = z.strictObject({
  id: z.number(),
  feed,
  source: z.string(),
  version: z.string().nullable(),
  /** When the publisher made it, as the file says. */
  feedDate: instant.nullable(),
  loadedAt: instant,
  loadedBy: z.string(),
  read: z.number(),
  changed: z.number(),
  unchanged: z.number(),
  /** Left out because what is stored is newer. */
  older: z.number(),
  /** No longer listed. */
  withdrawn: z.number(),
  sha256: z.string(),
  bytes: z.number(),
  forcedReason: z.string().nullable(),
});

const feedSource = z.strictObject({
  feed,
  address: z.string(),
  cron: z.string(),
  enabled: z.boolean(),
  nextRunAt: instant.nullable(),
  lastRunAt: instant.nullable(),
  lastOutcome: z.string().nullable(),
  setBy: z.string(),
  setAt: instant,
});

/** `intelligence status`: of each feed what is loaded, how old it is, and from where it is loaded next. */
export const feedStatuses = z.array(
  z.strictObject({
    feed,
    load: feedLoad.nullable(),
    ageDays: z.number().nullable(),
    mostDays: z.number().nullable(),
    isOld: z.boolean(),
    source: feedSource.nullable(),
  }),
);

/** `intelligence load FEED`. */
export const feedLoaded = z.strictObject({
  feed,
  source: z.string(),
  outcome: z.enum(['loaded', 'already loaded']),
  version: z.string().nullable(),
  feedDate: instant.nullable(),
  read: z.number(),
  changed: z.number(),
  unchanged: z.number(),
  older: z.number(),
  withdrawn: z.number(),
  cves: z.number(),
  plugins: z.number(),
  /** What was read as far as possible: the first of them, and how many there are. */
  notes: z.array(z.string()),
  noteCount: z.number(),
  operationId: z.string().nullable(),
});

/** `intelligence load bundle`. */
export const bundleLoaded = z.strictObject({ files: z.array(feedLoaded), warnings: z.array(z.string()) });

/** `intelligence sources set`: its next times. */
export const feedSourceSaved = z.strictObject({ feed, next: z.array(instant) });

/** `intelligence sources remove`. */
export const feedSourceRemoved = z.strictObject({ removed: z.literal(true) });

const cvssRating = z.strictObject({
  score: z.number(),
  severity: z.string().nullable(),
  vector: z.string(),
  attack_vector: z.string().nullable(),
  exploitability: z.number().nullable(),
  impact: z.number().nullable(),
  source: z.string(),
});

/** A CVE in a list. */
export const cveRow = z
  .strictObject({
    cve: z.string(),
    kevAdded: day,
    kevDue: day,
    kevRansomware: z.boolean().nullable(),
    kevName: z.string().nullable(),
    kevWithdrawnOn: day,
    epss: z.number().nullable(),
    epssPercentile: z.number().nullable(),
    epssDate: day,
    epssModel: z.string().nullable(),
    exploitation: z.string().nullable(),
    automatable: z.string().nullable(),
    technicalImpact: z.string().nullable(),
    cvss: z.strictObject({
      '2.0': cvssRating.optional(),
      '3.0': cvssRating.optional(),
      '3.1': cvssRating.optional(),
      '4.0': cvssRating.optional(),
    }),
    attackVector: z.string().nullable(),
    exploitabilityScore: z.number().nullable(),
    exploitKnown: z.boolean().nullable(),
    patchAvailable: z.boolean().nullable(),
    isRejected: z.boolean(),
    description: z.string().nullable(),
    publishedAt: instant.nullable(),
    plugins: z.number(),
  })
  .meta({ id: 'Cve' });

/** `intelligence search`. */
export const cveRows = z.array(cveRow);

/** `intelligence show`. */
export const cveDetail = z.strictObject({
  ...cveRow.shape,
  kevAction: z.string().nullable(),
  ssvcAt: instant.nullable(),
  ssvcSource: z.string().nullable(),
  nvdStatus: z.string().nullable(),
  cwes: z.array(z.string()),
  modifiedAt: instant.nullable(),
  loadedAt: instant,
  /** What each feed said of it, and when. EPSS is not among them: its day stands beside the score. */
  reports: z.array(
    z.strictObject({
      feed,
      reportedAt: instant.nullable(),
      firstLoadedAt: instant,
      withdrawnAt: instant.nullable(),
      source: z.string(),
      loadedAt: instant,
    }),
  ),
  changes: z.array(
    z.strictObject({
      field: z.string(),
      before: json,
      after: json,
      feed,
      version: z.string().nullable(),
      at: instant,
    }),
  ),
  /** Plugins that look for it; counts are of open findings that the caller may see. */
  foundBy: z.array(
    z.strictObject({ pluginId: z.string(), name: z.string(), open: z.number(), assets: z.number() }),
  ),
});
