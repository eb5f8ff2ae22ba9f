/** What a test asks another user to do: change or delete any record, past the rules that hold for clients. */
import { z } from 'zod';
import type { Stamped } from './records.ts';
import type { Account } from './session.ts';
import { touch, type XactaStore } from './store.ts';

const request = z.strictObject({
  entity: z.enum(['system', 'component', 'control', 'poam', 'milestone', 'artifact', 'account']),
  /** Not asked for the account, of which there is one: {"entity":"account","fields":{"permissions":["read"]}}. */
  id: z.string().optional(),
  fields: z.record(z.string(), z.unknown()).optional(),
  delete: z.literal(true).optional(),
  /** What was deleted is there again, as it was. */
  restore: z.literal(true).optional(),
});

/** @returns the record after the edit. @throws Error if the request makes no sense or the record is not there. */
export function editXacta(body: unknown, store: XactaStore, account: Account, now: Date): unknown {
  const parsed = request.safeParse(body);
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
  const { entity, id = '', fields = {}, delete: remove, restore } = parsed.data;
  if (entity === 'account') {
    account.permissions = z.array(z.string()).parse(fields['permissions']);
    return { permissions: account.permissions };
  }
  if (restore) return restoreRecord(store, `${entity} ${id}`, now);
  const place = findRecord(store, entity, id);
  if (!place) throw new Error(`there is no ${entity} ${id}`);
  if (remove) {
    store.removed.set(`${entity} ${id}`, place);
    place.remove();
  } else {
    const { id: _id, version: _version, modified_at: _at, ...changed } = fields;
    Object.assign(place.record, changed);
    touch(place.record, now);
  }
  if (place.owner) touch(place.owner, now);
  return remove ? { deleted: id } : place.record;
}

function restoreRecord(store: XactaStore, key: string, now: Date): unknown {
  const removed = store.removed.get(key);
  if (!removed) throw new Error(`no ${key} was deleted`);
  store.removed.delete(key);
  removed.putBack();
  touch(removed.record, now);
  return removed.record;
}

interface Place {
  readonly record: Stamped;
  /** The record that shows this one inside itself. */
  readonly owner?: Stamped;
  remove(): void;
  putBack(): void;
}

function findRecord(
  store: XactaStore,
  entity: 'system' | 'component' | 'control' | 'poam' | 'milestone' | 'artifact',
  id: string,
): Place | undefined {
  if (entity === 'poam') {
    const record = store.poams.get(id);
    return (
      record && {
        record,
        remove: () => void store.poams.delete(id),
        putBack: () => void store.poams.set(id, record),
      }
    );
  }
  if (entity === 'milestone') {
    for (const owner of store.poams.values()) {
      const place = placeIn(owner.milestones, id);
      if (place) return { ...place, owner };
    }
    return undefined;
  }
  const { systems: system, components: component, controls: control, artifacts: artifact } = store;
  const lists = { system, component, control, artifact };
  return placeIn<Stamped>(lists[entity], id);
}

function placeIn<T extends Stamped>(list: T[], id: string): Place | undefined {
  const index = list.findIndex((each) => each.id === id);
  const record = list[index];
  return (
    record && {
      record,
      remove: () => void list.splice(index, 1),
      putBack: () => void list.push(record),
    }
  );
}
