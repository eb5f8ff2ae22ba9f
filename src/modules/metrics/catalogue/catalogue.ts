/** The metrics that ship, M01 to M34. Sources and formulas: docs/metrics.md. */
import type { Catalogue, Metric } from '../metric.ts';
import { assurance } from './assurance.ts';
import { deviation } from './deviation.ts';
import { exposure } from './exposure.ts';
import { obligations } from './obligations.ts';
import { poam } from './poam.ts';
import { remediation } from './remediation.ts';
import { threat } from './threat.ts';

export const catalogue: Catalogue = [
  ...remediation,
  ...exposure,
  ...threat,
  ...assurance,
  ...poam,
  ...deviation,
  ...obligations,
].toSorted((one, other) => (one.code < other.code ? -1 : 1));

export const shippedMetric = (codeOrName: string): Metric | undefined =>
  catalogue.find(({ code, name }) => code === codeOrName.toUpperCase() || name === codeOrName);
