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

/** `intelligence bundle make`. */
export const bundleMade = z.strictObject({
  manifest: z.string(),
  files: z.array(
    z.strictObject({
      feed: z.string(),
      file: z.string(),
      sha256: z.string(),
      bytes: z.number(),
      date: z.string().nullable(),
      fetchedAt: z.string(),
    }),
  ),
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
  /** Null: no feed has named it, only plugins do. */
  loadedAt: instant.nullable(),
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

const factorReason = z.strictObject({
  rule: z.enum(['cvss', 'scanner', 'word', 'kev', 'active', 'epss', 'public', 'unknown']),
  cve: z.string().nullable().optional(),
  score: z.number().nullable().optional(),
  since: day.optional(),
  date: day.optional(),
  word: z.string().nullable().optional(),
});

/** What a plugin contributes to the score of each of its findings. */
const pluginFactors = {
  /** Null: nobody rated it, and each finding's own severity counts. */
  severity: z.number().nullable(),
  severityReason: factorReason,
  exploitability: z.number(),
  exploitabilityReason: factorReason,
  reach: z.number(),
  attackVector: z.string().nullable(),
};

/** `risk explain ASSET`. */
export const assetRisk = z.strictObject({
  assetUuid: z.string(),
  name: z.string().nullable(),
  /** As it was stored last, and when. */
  score: z.number().nullable(),
  assessedAt: instant.nullable(),
  scoreNow: z.number(),
  exposure: z.strictObject({
    answer: z.enum(['yes', 'no', 'unknown']),
    /** Whether somebody said it of the asset or of its zone; else it follows from the name of the zone. */
    isSaid: z.boolean(),
    factor: z.number(),
    networkZone: z.string().nullable(),
    /** Where it is unknown: what the score would be for either answer. */
    scoreIfYes: z.number().nullable(),
    scoreIfNo: z.number().nullable(),
  }),
  criticality: z.strictObject({
    factor: z.number(),
    impact: z.number(),
    assetWorth: z.number().nullable(),
    acrOverride: z.number().nullable(),
    businessCriticality: z.string().nullable(),
    acr: z.number().nullable(),
    criticalityRating: z.string().nullable(),
    boundaryWorth: z.number().nullable(),
    environment: z.string().nullable(),
    environmentFactor: z.number(),
  }),
  counted: z.number(),
  accepted: z.number(),
  informational: z.number(),
  /** The worst of them. */
  findings: z.array(
    z.strictObject({
      ...pluginFactors,
      findingKey: z.string(),
      pluginId: z.string(),
      name: z.string(),
      severityWord: z.string(),
      isRecast: z.boolean(),
      /** The factor that counts: that of the plugin, or of a rule that changed the severity. */
      severityUsed: z.number(),
      score: z.number(),
    }),
  ),
});

/** `risk explain PLUGIN`. */
export const pluginRisk = z.strictObject({
  ...pluginFactors,
  pluginId: z.string(),
  name: z.string(),
  score: z.number().nullable(),
  businessImpact: z.number().nullable(),
  /** By boundary, the highest first. */
  groups: z.array(
    z.strictObject({
      systemId: z.string().nullable(),
      score: z.number(),
      findings: z.number(),
      assets: z.number(),
      worstAsset: z.string(),
      worstAssetName: z.string().nullable(),
      assessedAt: instant,
    }),
  ),
});

/** When risk scores were computed last, why, and how many assets changed theirs. */
export const lastAssessed = z.strictObject({
  at: instant,
  cause: z.string(),
  findings: z.number(),
  changed: z.number(),
});

/** `risk assess`. */
export const risksAssessed = z.strictObject({
  findings: z.number(),
  assets: z.number(),
  changed: z.number(),
});
