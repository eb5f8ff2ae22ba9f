/** What a due date hangs on, and what policies answer: the words of `due-date-of.ts`. */
import type { DueBasis, PolicyVersion } from '../../canonical/due-dates/index.ts';
import type { Severity } from '../../canonical/vocabulary/index.ts';

/** What is known of one CVE. */
export interface CveFacts {
  readonly cve: string;
  /** undefined: no catalogue was loaded, so it is not known. */
  readonly kev: 'yes' | 'no' | undefined;
  readonly kevAdded?: string | undefined;
  readonly kevDue?: string | undefined;
  readonly automatable?: 'yes' | 'no' | undefined;
  readonly impact?: 'total' | 'partial' | undefined;
  /** Its EPSS score, from 0 to 1. */
  readonly epss?: number | undefined;
}

/** What is known of a weakness; undefined is unknown, and stays so. */
export interface DueInputs {
  readonly severity: Severity;
  /** What an approved risk adjustment rates it, with the number of the deviation. */
  readonly adjusted?: { readonly severity: Severity; readonly deviation: number } | undefined;
  /** YYYY-MM-DD, of the first of its findings. */
  readonly detectedOn: string;
  readonly cves: readonly CveFacts[];
  readonly exposed?: 'yes' | 'no' | undefined;
  readonly class?: 'A' | 'B' | 'C' | 'D' | undefined;
  readonly nationalSecurity?: 'yes' | 'no' | undefined;
  /** ISO in UTC. */
  readonly evaluatedAt?: string | undefined;
  readonly reachable?: 'yes' | 'no' | undefined;
  readonly exploitable?: 'yes' | 'no' | undefined;
  readonly agencyImpact?: 'N1' | 'N2' | 'N3' | 'N4' | 'N5' | undefined;
  /** The day that a notice gives. */
  readonly complyBy?: string | undefined;
  /** When the vendor released the fix that was waited for. */
  readonly vendorReleasedOn?: string | undefined;
}

/** A policy as it applies to a boundary. */
export interface AppliedPolicy {
  readonly policyId: string;
  /** All of them; which one is in force is decided by the day on which the clock starts. */
  readonly versions: readonly PolicyVersion[];
  /** Whether it holds for weaknesses too whose clock had started before it began. */
  readonly coversOpen: boolean;
  /** Versions that begin later and may date what was open before only once their plan is approved (policy-starts.ts). */
  readonly unapproved?: readonly number[];
}

/** Why a policy says nothing of a weakness. */
export type Silence =
  | 'not_in_force'
  | 'began_later'
  | 'not_approved'
  | 'no_cve'
  | 'national_security'
  | 'no_day_given'
  | 'no_row'
  | 'no_deadline';

export interface DueAnswer {
  readonly policyId: string;
  readonly title: string;
  readonly version: number;
  /** YYYY-MM-DD: the earliest that what is known allows; null: the policy says nothing, or gives no date. */
  readonly on: string | null;
  /** The latest that what is known allows; null: possibly never. Differs from `on` where something is unknown. */
  readonly latest: string | null;
  readonly silence: Silence | null;
  readonly basis: DueBasis;
  /** On which day the clock started. */
  readonly since: string | null;
  /** Days of the row that gave the date; null where a day was given. */
  readonly days: number | null;
  readonly remark: string | null;
  /** What the table asked about and nobody has answered. */
  readonly unknown: readonly string[];
  /** The answers that the table was given. */
  readonly facts: Readonly<Record<string, string>>;
  /** The CVE that gave the date, where the policy is about CVEs. */
  readonly cve: string | null;
  /** The deviation whose adjusted rating it goes by; null: by the severity as it was found. */
  readonly adjustment: number | null;
  /** By when the weakness is to be evaluated; null: the policy does not say, or it was. */
  readonly evaluateBy: string | null;
}

export interface DueDate {
  /** YYYY-MM-DD */
  readonly on: string;
  readonly answer: DueAnswer & { readonly on: string };
  /** Of every policy that applies, the earliest first. */
  readonly answers: readonly DueAnswer[];
}
