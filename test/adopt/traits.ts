/**
 * What can be the matter with a database that Tieline is installed into: every trap of decision 0006 as one choice.
 * The choices are two tables, and the type of a database's traits follows from them.
 */

/** One value each; the first is what the documents say. A value that stands more than once is drawn more often. */
export const traitChoices = {
  /** How `ingestion_systems.system_id` is kept unique; only the first two can be referenced by foreign keys. */
  systemId: ['unique', 'unique-index', 'undeclared', 'duplicated'],
  findingsVariant: ['current', 'old', 'both'],
  poamsVariant: ['current', 'old', 'both'],
  /** Of the older variant of POA&Ms. */
  costEstimate: ['numeric', 'text'],
  /** Whether ingestion_assets has system_id; if not, the link is in ingestion_system_assets alone. */
  assetsHaveSystemId: [true, false],
  /** `any`: UUIDs of no RFC version, such as the samples' 12345678-1234-1234-1234-123456789001. */
  assetUuids: ['version-4', 'any'],

  // Of asset texts in findings; without effect in the older variant, where the column is a uuid with a foreign key.
  nonUuidAssets: [false, true],
  orphanFindings: [false, true],
  upperCaseUuids: [false, true],
  /** UUIDs of 32 digits without dashes, as Tenable writes agent ids; PostgreSQL's cast takes them. */
  undashedUuids: [false, true],
  duplicateFindings: [false, true],

  /** What raw_data (raw_json) of findings holds. `mixed`: every form, NULL, empty objects and nonsense. */
  findingDocuments: ['export', 'mixed', 'flat', 'none'],
  assetDocuments: ['export', 'mixed', 'none'],
  grcDocuments: ['xacta', 'mixed', 'none'],

  statusWords: ['documented', 'also-seen'],
  severityWords: ['documented', 'odd'],
  /** CHECK constraints on words; where rows break them, a `valid` one is made NOT VALID. */
  wordChecks: ['none', 'valid', 'not-valid'],
  nulls: [false, true],
  oddTexts: [false, true],
  /** Timestamps of 1970 and 9999. */
  extremeTimes: [false, true],
  /** Systems named by assets, controls and POA&Ms that have no row. */
  danglingSystemIds: [false, true],
  idGaps: [false, true],
  deadRows: [false, true],
  /** Whether the planner's statistics are there, or lost as after a restore. */
  analyzed: [true, false],
  comments: [false, true],
  /** Who owns what: one role all, another role the tables that are not ingestion_*, or another role everything. */
  ownership: ['one', 'one', 'foreign-tables', 'all-tables'],
  /** A column of the owner that has the name of one of Tieline's and another type. */
  wrongTypeColumn: ['none', 'none', 'none', 'none', 'none', 'none', 'none', 'text-port'],
} as const;

/** Any number of values each; what the documents say is the empty set. */
export const traitSets = {
  foreignTables: ['dashboards', 'workflows', 'workflow_executions', 'metrics', 'audit_logs', 'alerts'],
  views: ['select-all', 'joined', 'materialized', 'view-of-view'],
  triggers: ['updated-at', 'audit', 'notify'],
  ownerColumns: ['nullable', 'not-null-default', 'generated'],
  ownerIndexes: ['same-columns', 'same-name', 'expression', 'partial'],
  /** Tables on which somebody ran part of Tieline's plan by hand, partly with values. */
  handAddedColumns: ['batches', 'systems', 'assets', 'findings', 'controls', 'poams'],
  missingTables: [
    'ingestion_poam_cves',
    'ingestion_control_evidence',
    'ingestion_asset_tags',
    'ingestion_data_quality',
    'ingestion_system_impact_levels',
    'ingestion_job_executions',
  ],
} as const;

type Choices = typeof traitChoices;
type Sets = typeof traitSets;

/** Every choice that was made for one database; plain JSON. */
export type AwkwardTraits = { readonly [K in keyof Choices]: Choices[K][number] } & {
  readonly [K in keyof Sets]: readonly Sets[K][number][];
};

/** The traits of a seed: every one drawn independently of the others. */
export function chooseTraits(seed: number): AwkwardTraits {
  const draw = randomOf(seed);
  const chosen = Object.entries(traitChoices).map(([name, values]) => [
    name,
    values[Math.floor(draw() * values.length)],
  ]);
  const sets = Object.entries(traitSets).map(([name, values]) => {
    // Missing tables are rarer: five of six databases at most miss one.
    const share = name === 'missingTables' ? 0.08 : 0.35;
    return [name, values.filter(() => draw() < share)];
  });
  // The tables above give the names and the values; Object.entries forgets both.
  return Object.fromEntries([...chosen, ...sets]) as AwkwardTraits;
}

/** The database exactly as documented, without a trap. */
export function plainTraits(): AwkwardTraits {
  const first = Object.entries(traitChoices).map(([name, values]) => [name, values[0]]);
  const none = Object.keys(traitSets).map((name) => [name, []]);
  return Object.fromEntries([...first, ...none]) as AwkwardTraits;
}

/** Mulberry32, of numbers in [0, 1): small, and the same everywhere. */
export function randomOf(seed: number): () => number {
  // Seeds that are neighbours must not begin alike.
  let state = Math.imul(seed + 1, 0x9e3779b1) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
