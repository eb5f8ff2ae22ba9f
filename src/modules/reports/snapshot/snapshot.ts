/**
 * What a report is made of: the rows that it uses, frozen. A report is a pure function of a snapshot and its parameters, so that the same
 * snapshot gives the same bytes a year later. Plain JSON: days are `YYYY-MM-DD`, times ISO in UTC.
 */
import type { Scope } from '../../../canonical/access/index.ts';
import type { DeviationKind, Severity } from '../../../canonical/vocabulary/index.ts';
import type { JsonObject } from '../../../platform/values/index.ts';
import type { ListedMetric } from '../../metrics/index.ts';
import type { PoamStatus } from '../../poam-formats/index.ts';

export interface BoundaryFacts {
  readonly systemId: string;
  readonly name: string;
  readonly status: string | null;
  readonly type: string | null;
  readonly organization: string | null;
  readonly owner: string | null;
  readonly isso: string | null;
  readonly authorizingOfficial: string | null;
  readonly authorizedOn: string | null;
  readonly authorizedUntil: string | null;
  readonly impact: string | null;
  readonly class: string | null;
}

export interface MilestoneFacts {
  readonly id: string | null;
  readonly text: string;
  readonly scheduledOn: string | null;
  /** The first day that the journal has of it. */
  readonly plannedOn: string | null;
  readonly completedOn: string | null;
  readonly status: string | null;
  readonly comments: string | null;
  /** Added a day or more after the POA&M was made. */
  readonly addedOn: string | null;
  readonly changes: readonly {
    readonly on: string;
    readonly to: string | null;
    readonly reason: string | null;
  }[];
}

export interface AssetFacts {
  readonly id: string;
  readonly name: string;
  readonly address: string | null;
  /** `443/TCP`. */
  readonly ports: readonly string[];
}

export interface Evaluated {
  readonly at: string;
  readonly exploitable: boolean | null;
  readonly reachable: boolean | null;
  readonly impact: string | null;
  readonly note: string | null;
}

export interface WeaknessFacts {
  readonly grouping: string;
  readonly identifier: string;
  readonly pluginId: string | null;
  readonly name: string | null;
  readonly description: string | null;
  readonly solution: string | null;
  readonly severity: Severity;
  readonly detectedOn: string;
  readonly dueOn: string;
  readonly cvss: number | null;
  readonly cvssVector: string | null;
  /** The earliest first. */
  readonly evaluations: readonly Evaluated[];
}

/** What files of a family of layouts call a POA&M, and what they say that has no field of the record. */
export interface InFile {
  readonly id: string;
  readonly beside: Readonly<Record<string, unknown>>;
}

export interface PoamFacts {
  readonly poamId: string;
  readonly remoteId: string | null;
  readonly systemId: string | null;
  readonly title: string;
  readonly description: string;
  readonly source: string | null;
  readonly controls: readonly string[];
  readonly resources: string | null;
  readonly cost: string | null;
  readonly contact: string | null;
  readonly plan: string | null;
  readonly recommendations: string | null;
  readonly detectedOn: string | null;
  readonly scheduledOn: string | null;
  /** Before the first extension. */
  readonly firstScheduledOn: string | null;
  readonly obligedBy: string | null;
  readonly completedOn: string | null;
  readonly madeOn: string | null;
  readonly changedOn: string | null;
  readonly status: PoamStatus;
  readonly severity: Severity | null;
  readonly rating: string | null;
  readonly residual: string | null;
  readonly relevance: string | null;
  readonly likelihood: string | null;
  readonly impact: string | null;
  readonly impactDescription: string | null;
  readonly comments: string | null;
  readonly deviationRationale: string | null;
  readonly cves: readonly string[];
  readonly kev: { readonly cve: string; readonly due: string | null }[] | null;
  readonly assets: readonly AssetFacts[];
  readonly milestones: readonly MilestoneFacts[];
  readonly weaknesses: readonly WeaknessFacts[];
  readonly findings: { readonly open: number; readonly all: number };
  readonly isReachable: boolean | null;
  /** By family (`emass`, `oscal`); absent in snapshots that were taken before it was kept. */
  readonly inFiles?: Readonly<Record<string, InFile>>;
}

export interface DeviationFacts {
  readonly id: number;
  readonly kind: DeviationKind;
  readonly poamId: string;
  readonly systemId: string | null;
  readonly severity: string | null;
  readonly state: 'requested' | 'approved' | 'rejected' | 'withdrawn' | 'expired' | 'lapsed';
  readonly isWholePoam: boolean;
  readonly assets: readonly string[];
  readonly rationale: string;
  readonly controls: string | null;
  readonly details: Readonly<Record<string, unknown>>;
  readonly adjusted: string | null;
  readonly expiresOn: string | null;
  readonly reviewOn: string | null;
  readonly requestedBy: string;
  readonly requestedOn: string;
  readonly decidedBy: string | null;
  readonly decidedOn: string | null;
  readonly decision: string | null;
  readonly endedOn: string | null;
  readonly endReason: string | null;
  readonly checkIns: readonly { readonly on: string; readonly note: string }[];
  readonly files: readonly { readonly name: string; readonly sha256: string }[];
}

/** Of a boundary, or of all that is in none (null). */
export interface CoverageFacts {
  readonly systemId: string | null;
  readonly assets: number;
  readonly seenLately: number;
  readonly authenticated: number;
  readonly open: Readonly<Record<Severity, number>>;
}

export interface WaitingFacts {
  readonly systemId: string | null;
  /** A kind of request, or `question`: what only a person can say of a POA&M. */
  readonly what: string;
  /** What is asked for; of a question the POA&M. */
  readonly about: string;
  /** Of a question: its code, and what its sentence needs. */
  readonly code: string | null;
  readonly params: JsonObject | null;
  readonly by: string;
  readonly since: string;
  readonly until: string | null;
}

export interface AgreementFacts {
  readonly poams: { readonly linked: number; readonly unlinked: number; readonly differing: number };
  readonly conflicts: readonly {
    readonly entity: string;
    readonly record: string;
    readonly systemId: string | null;
    readonly field: string | null;
    readonly kind: string;
    readonly since: string;
    readonly settledAt: string | null;
    readonly settledBy: string | null;
  }[];
  readonly changes: readonly {
    readonly at: string;
    readonly entity: string;
    readonly record: string;
    readonly field: string | null;
    readonly direction: string;
    readonly by: string;
  }[];
  /** All of the period, of which `changes` has the latest. */
  readonly changesInAll: number;
}

export interface AccessFacts {
  readonly name: string;
  readonly displayName: string | null;
  readonly kind: string;
  readonly status: string;
  readonly lastSignIn: string | null;
  /** Who it is at identity providers and on cards, and its groups there. Snapshots of before they were known have none. */
  readonly outside?: readonly {
    readonly way: string;
    readonly issuer: string;
    readonly subject: string;
    readonly groups: readonly string[];
  }[];
  readonly grants: readonly {
    readonly gives: string;
    readonly where: string;
    readonly until: string | null;
    readonly by: string;
    readonly on: string;
    readonly reason: string | null;
  }[];
}

export interface ControlFacts {
  readonly systemId: string | null;
  readonly controlId: string;
  readonly title: string | null;
  readonly implementation: string | null;
  readonly assessment: string | null;
  readonly nextOn: string | null;
  readonly openWeaknesses: number;
  readonly evidence: number;
}

export interface ClosureFacts {
  readonly poamId: string;
  readonly verifiedAt: string | null;
  readonly closedByEvidenceAt: string | null;
  /** Whether each fix is proven: yes, no or unknown. */
  readonly evidence: readonly {
    readonly asset?: string;
    readonly plugin?: string;
    readonly fixedAt?: string | null;
    readonly after?: string;
    readonly sawHost?: string;
    readonly authenticated?: string;
    readonly ranPlugin?: string;
    readonly source?: string | null;
  }[];
  readonly findings: readonly {
    readonly plugin: string;
    readonly name: string;
    readonly asset: string;
    readonly state: string | null;
    readonly firstFound: string | null;
    readonly lastFound: string | null;
    readonly fixedAt: string | null;
    /** What the plugin said when it last found it. */
    readonly output: string | null;
  }[];
  readonly story: readonly {
    readonly at: string;
    readonly field: string | null;
    readonly before: string | null;
    readonly after: string | null;
    readonly by: string;
    readonly reason: string | null;
  }[];
  readonly approvals: readonly {
    readonly asked: string;
    readonly by: string;
    readonly at: string;
    readonly status: string;
    readonly decidedBy: string | null;
    readonly decidedAt: string | null;
    readonly reason: string | null;
  }[];
}

/** A CVE that is known to be exploited and open here, with the machines that have it. */
export interface ExploitedFacts {
  readonly cve: string;
  readonly name: string | null;
  readonly addedOn: string | null;
  readonly catalogueDue: string | null;
  readonly ransomware: boolean;
  readonly assets: number;
  /** Of them, known to be reachable from public networks, and not known. */
  readonly exposed: number;
  readonly exposureUnknown: number;
  readonly firstFound: string | null;
  /** The earliest day that applies: of its weaknesses, else of the catalogue. */
  readonly dueOn: string | null;
  readonly late: number;
  readonly withoutPoam: number;
  readonly poams: readonly string[];
  readonly automatable: boolean | null;
  readonly technicalImpact: string | null;
}

export type MetricFacts = Pick<
  ListedMetric,
  | 'code'
  | 'name'
  | 'title'
  | 'category'
  | 'definition'
  | 'formula'
  | 'source'
  | 'takenOn'
  | 'isComputed'
  | 'needs'
  | 'problem'
  | 'measures'
>;

/** Of a metric over a year: the last value of each month that has one. */
export interface SeriesFacts {
  readonly metric: string;
  readonly measure: string;
  readonly by: 'severity' | 'band' | null;
  readonly of: string | null;
  readonly months: readonly { readonly month: string; readonly day: string; readonly value: number }[];
}

export interface MetricsFacts {
  /** Twelve, `2026-11` the last. */
  readonly months: readonly string[];
  readonly metrics: readonly MetricFacts[];
  readonly series: readonly SeriesFacts[];
}

export interface Snapshot {
  /** Of this document; raised where a field changes its meaning. */
  readonly form: 1;
  readonly kind: string;
  readonly takenAt: string;
  readonly period: { readonly from: string; readonly to: string };
  /** Name and version of what took it, which its reports bear. */
  readonly generator: string;
  readonly marking: string;
  readonly scope: Scope;
  readonly boundary: string | null;
  readonly boundaries: readonly BoundaryFacts[];
  readonly poams: readonly PoamFacts[];
  readonly deviations: readonly DeviationFacts[];
  readonly coverage: readonly CoverageFacts[];
  readonly waiting: readonly WaitingFacts[];
  readonly controls: readonly ControlFacts[];
  readonly access: readonly AccessFacts[];
  readonly agreement: AgreementFacts | null;
  readonly closure: readonly ClosureFacts[];
  readonly metrics: MetricsFacts | null;
  /** Null: the kind does not need it, or no catalogue is loaded. */
  readonly exploited: readonly ExploitedFacts[] | null;
}

/** What a kind of report needs beside the boundaries. */
export type SnapshotPart =
  | 'poams'
  | 'deviations'
  | 'coverage'
  | 'waiting'
  | 'controls'
  | 'access'
  | 'agreement'
  | 'closure'
  | 'metrics'
  /** A year of metrics by months: only papers that draw them ask for it. */
  | 'series'
  | 'exploited';
