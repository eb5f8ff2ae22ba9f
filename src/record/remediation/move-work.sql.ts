/** The work on findings that turned out to be others: it goes with them. */
import type { Tx } from '../../platform/postgres/index.ts';

/**
 * Moves work to the twins of findings, as the temporary table `moved_findings (id, twin)` says. Where both are worked on, the work that was
 * changed last stays; what the other said is in the journal of its changes.
 */
export async function moveWork(tx: Tx): Promise<void> {
  await tx.client.query(`
    delete from vulnerability_remediation r
     using moved_findings m join vulnerability_remediation other on other.vulnerability_id in (m.id, m.twin)
     where m.twin is not null and r.vulnerability_id in (m.id, m.twin) and r.id <> other.id and r.updated_at is not null and other.updated_at is not null
       and (r.updated_at, r.id) < (other.updated_at, other.id)`);
  await tx.client.query(`
    update vulnerability_remediation r set vulnerability_id = m.twin from moved_findings m where m.id = r.vulnerability_id and m.twin is not null`);
}
