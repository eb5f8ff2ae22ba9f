/** Custom attributes of assets: definitions and values (the vendor's OpenAPI, `/api/v3/assets/…attributes`). */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Route, SimRequest, SimResponse } from '../kit/route.ts';
import { tenableError } from './answers.ts';
import type { Inventory } from './inventory.ts';

interface Attribute {
  readonly id: string;
  readonly name: string;
  description: string;
}

/** "A container can have a maximum of 10 custom asset attributes." */
const most = 10;

const definitions = z.object({
  attributes: z.array(z.object({ name: z.string().min(1), description: z.string().optional() })).min(1),
});
const described = z.object({ description: z.string().optional() });
const values = z.object({ attributes: z.array(z.object({ id: z.string(), value: z.string() })).min(1) });
const oneValue = z.object({ value: z.string() });

const byName = ([a]: [string, unknown], [b]: [string, unknown]): number => (a < b ? -1 : 1);

export class AttributeStore {
  readonly #defined = new Map<string, Attribute>();
  /** By asset, the values by attribute id. */
  readonly #values = new Map<string, Map<string, string>>();

  list(): Attribute[] {
    return [...this.#defined.values()];
  }

  get(id: string): Attribute | undefined {
    return this.#defined.get(id);
  }

  /** @returns why they cannot be defined; undefined when they are, all or none. */
  define(
    wanted: readonly { readonly name: string; readonly description?: string | undefined }[],
  ): string | undefined {
    const names = [...this.list(), ...wanted].map((each) => each.name.toLowerCase());
    if (new Set(names).size < names.length) return 'An attribute with this name exists already';
    if (names.length > most) return `A container can have a maximum of ${most} custom asset attributes`;
    for (const { name, description = '' } of wanted) {
      const id = randomUUID();
      this.#defined.set(id, { id, name, description });
    }
    return undefined;
  }

  /** Takes the attribute from all assets too. */
  remove(id: string): void {
    this.#defined.delete(id);
    for (const ofAsset of this.#values.values()) ofAsset.delete(id);
  }

  valuesOf(asset: string): Map<string, string> {
    const known = this.#values.get(asset) ?? new Map<string, string>();
    this.#values.set(asset, known);
    return known;
  }

  reset(): void {
    this.#defined.clear();
    this.#values.clear();
  }

  /** Values by asset and name, in canonical order. */
  state(): Record<string, Record<string, string>> {
    const rows = [...this.#values].flatMap(([asset, ofAsset]): [string, Record<string, string>][] => {
      const named = [...ofAsset].map(([id, value]): [string, string] => [
        this.#defined.get(id)?.name ?? id,
        value,
      ]);
      return named.length === 0 ? [] : [[asset, Object.fromEntries(named.toSorted(byName))]];
    });
    return Object.fromEntries(rows.toSorted(byName));
  }
}

const done: SimResponse = { status: 200, json: {} };
const bad = (message: string): SimResponse => tenableError(400, 'Bad Request', message);

type Act = (request: SimRequest) => SimResponse;

/** @param role of the account: Administrator (64) defines, Basic (16) reads and assigns. */
export function attributeRoutes(store: AttributeStore, inventory: Inventory, role: () => number): Route[] {
  const guards = guardsOf(store, inventory, role);
  return [
    ...definitionRoutes(store, guards),
    ...assignmentRoutes(store, guards),
    ...assignedValueRoutes(store, guards),
  ];
}

/** What stands before an act: the role of who asks, and that what the path names exists. */
interface Guards {
  readonly administrator: (act: Act) => Act;
  readonly basic: (act: Act) => Act;
  readonly ofAttribute: (act: (attribute: Attribute, request: SimRequest) => SimResponse) => Act;
  readonly ofAsset: (act: (asset: string, request: SimRequest) => SimResponse) => Act;
}

function guardsOf(store: AttributeStore, inventory: Inventory, role: () => number): Guards {
  const needs =
    (least: number, name: string, act: Act): Act =>
    (request) =>
      role() >= least
        ? act(request)
        : tenableError(403, 'Forbidden', `This takes the role ${name} [${least}]`);
  return {
    administrator: (act) => needs(64, 'Administrator', act),
    basic: (act) => needs(16, 'Basic', act),
    ofAttribute: (act) => (request) => {
      const attribute = store.get(request.params['id'] ?? '');
      return attribute ? act(attribute, request) : bad('The custom attribute was not found');
    },
    ofAsset: (act) => (request) => {
      const asset = request.params['asset'] ?? '';
      return inventory.hasAsset(asset) ? act(asset, request) : bad('The asset was not found');
    },
  };
}

function definitionRoutes(store: AttributeStore, { administrator, basic, ofAttribute }: Guards): Route[] {
  const path = '/api/v3/assets/attributes';
  return [
    { method: 'GET', path, handle: basic(() => ({ status: 200, json: { attributes: store.list() } })) },
    {
      method: 'POST',
      path,
      handle: administrator(({ json }) => {
        const asked = definitions.safeParse(json);
        if (!asked.success) return bad('attributes must be a list of names');
        const fault = store.define(asked.data.attributes);
        return fault === undefined ? done : bad(fault);
      }),
    },
    {
      method: 'PUT',
      path: `${path}/:id`,
      handle: administrator(
        ofAttribute((attribute, { json }) => {
          const asked = described.strict().safeParse(json);
          // The name is the key; only the description can be changed.
          if (!asked.success) return bad('Only the description of an attribute can be updated');
          attribute.description = asked.data.description ?? attribute.description;
          return done;
        }),
      ),
    },
    {
      method: 'DELETE',
      path: `${path}/:id`,
      handle: administrator(
        ofAttribute(({ id }) => {
          store.remove(id);
          return done;
        }),
      ),
    },
  ];
}

const assigned = '/api/v3/assets/:asset/attributes';

/** All values of an asset at once. */
function assignmentRoutes(store: AttributeStore, { basic, ofAsset }: Guards): Route[] {
  const shown = (asset: string) =>
    [...store.valuesOf(asset)].map(([id, value]) => ({ id, name: store.get(id)?.name, value }));
  return [
    {
      method: 'GET',
      path: assigned,
      handle: basic(ofAsset((asset) => ({ status: 200, json: { attributes: shown(asset) } }))),
    },
    {
      method: 'PUT',
      path: assigned,
      handle: basic(
        ofAsset((asset, { json }) => {
          const asked = values.safeParse(json);
          if (!asked.success) return bad('attributes must be a list of id and value');
          if (asked.data.attributes.some(({ id }) => !store.get(id)))
            return bad('The custom attribute was not found');
          for (const { id, value } of asked.data.attributes) store.valuesOf(asset).set(id, value);
          return done;
        }),
      ),
    },
    {
      method: 'DELETE',
      path: assigned,
      handle: basic(
        ofAsset((asset) => {
          store.valuesOf(asset).clear();
          return done;
        }),
      ),
    },
  ];
}

/** One value of an asset. */
function assignedValueRoutes(store: AttributeStore, { basic, ofAsset, ofAttribute }: Guards): Route[] {
  const path = `${assigned}/:id`;
  return [
    {
      method: 'PUT',
      path,
      handle: basic(
        ofAsset((asset, request) =>
          ofAttribute(({ id }, { json }) => {
            const asked = oneValue.safeParse(json);
            if (!asked.success) return bad('value must be a text');
            store.valuesOf(asset).set(id, asked.data.value);
            return done;
          })(request),
        ),
      ),
    },
    {
      method: 'DELETE',
      path,
      handle: basic(
        ofAsset((asset, request) =>
          ofAttribute(({ id }) => {
            store.valuesOf(asset).delete(id);
            return done;
          })(request),
        ),
      ),
    },
  ];
}
