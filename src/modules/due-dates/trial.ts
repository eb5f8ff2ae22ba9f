/** A weakness that is made up, to see what policies say of it. */
import type { Severity } from '../../canonical/vocabulary/index.ts';
import { defined } from '../../platform/values/index.ts';
import type { CveFacts, DueInputs } from './due-date-of.ts';

export type Trial = Omit<DueInputs, 'cves' | 'adjusted'> &
  Omit<CveFacts, 'cve' | 'kev'> & {
    readonly kev?: CveFacts['kev'];
    readonly adjusted?: Severity | undefined;
  };

/** @param trial what is left out of it is unknown. It has one CVE. */
export function inputsOfTrial(trial: Trial): DueInputs {
  const { severity, detectedOn, exposed, nationalSecurity, evaluatedAt, reachable, exploitable } = trial;
  const {
    kev,
    kevAdded,
    kevDue,
    automatable,
    impact,
    epss,
    adjusted,
    agencyImpact,
    complyBy,
    vendorReleasedOn,
  } = trial;
  return {
    severity,
    detectedOn,
    // A day of listing says that it is listed.
    cves: [
      {
        cve: 'CVE',
        kev: kev ?? (kevAdded === undefined && kevDue === undefined ? undefined : 'yes'),
        ...defined({ kevAdded, kevDue, automatable, impact, epss }),
      },
    ],
    // Made up, as the weakness is: no deviation bears this number.
    ...(adjusted === undefined ? {} : { adjusted: { severity: adjusted, deviation: 0 } }),
    ...defined({ exposed, class: trial.class, nationalSecurity, evaluatedAt, reachable, exploitable }),
    ...defined({ agencyImpact, complyBy, vendorReleasedOn }),
  };
}
