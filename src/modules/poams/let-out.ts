/** What the policies of a connection say of the POA&M that a weakness has or gets. */
import { type EntityPolicy, mayGoOut, noRecord, type RecordFacts } from '../../canonical/policy/index.ts';
import type { JudgedWeakness } from '../weaknesses/index.ts';

interface Policed {
  readonly policies: readonly EntityPolicy[];
}

/** What policies ask about its POA&M. */
export const factsOf = (of: Pick<JudgedWeakness, 'weakness'> | undefined): RecordFacts =>
  of === undefined ? noRecord : { severity: of.weakness.severity, boundary: of.weakness.systemId };

/** Whether a new POA&M may go out. @param of undefined: nothing is known of the weakness. */
export const mayCreate = ({ policies }: Policed, of: Pick<JudgedWeakness, 'weakness'> | undefined): boolean =>
  mayGoOut(policies, { entity: 'poam', kind: 'create', fields: [] }, factsOf(of));

/** Whether its POA&M may be opened again. */
export const mayReopen = ({ policies }: Policed, of: Pick<JudgedWeakness, 'weakness'>): boolean =>
  mayGoOut(
    policies,
    { entity: 'poam', kind: 'update', fields: ['status', 'actual_completion', 'comments'] },
    factsOf(of),
  );
