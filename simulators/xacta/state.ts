/** All that the simulator holds, for tests that compare two runs. */
import type { Account } from './session.ts';
import type { Stamped } from './records.ts';
import type { XactaStore } from './store.ts';

/**
 * @param stable leaves out what depends on the order or the time of requests (ids, versions, times made by the server)
 *   and sorts POA&Ms by system, external_uid and description, so that two runs with the same outcome give the same JSON
 */
export function stateOf(store: XactaStore, account: Account, stable: boolean): unknown {
  const { systems, components, controls, artifacts } = store;
  const poams = [...store.poams.values()];
  if (!stable)
    return { systems, components, controls, poams, artifacts, account: { permissions: account.permissions } };
  return {
    controls: controls.map((each) => ({ control: each.id, ...withoutVolatile(each) })),
    poams: poams
      .map((poam) => ({
        ...withoutVolatile(poam),
        milestones: sorted(
          poam.milestones.map((each) => withoutVolatile(each)),
          (each) => `${String(each['target_date'])} ${String(each['description'])}`,
        ),
      }))
      .toSorted((a, b) => compare(poamOrder(a), poamOrder(b))),
    artifacts: sorted(
      artifacts.map((each) => withoutVolatile(each)),
      (each) => `${String(each['system_id'])} ${String(each['name'])} ${String(each['sha256'])}`,
    ),
  };
}

const volatile = new Set(['id', 'poam_id', 'modified_at', 'created_at', 'version']);

function withoutVolatile(record: Stamped): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([field]) => !volatile.has(field)));
}

function poamOrder(poam: Record<string, unknown>): string {
  return ['system_id', 'external_uid', 'weakness_description', 'source']
    .map((field) => String(poam[field]))
    .join('\n');
}

function sorted<T>(items: readonly T[], key: (item: T) => string): T[] {
  return items.toSorted((a, b) => compare(key(a), key(b)));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
