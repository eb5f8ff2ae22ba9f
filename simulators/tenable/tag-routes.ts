/** Tags: categories, values, assignments (https://developer.tenable.com/reference; decision 0020). */
import { createHash } from 'node:crypto';
import type { Route, SimRequest, SimResponse } from '../kit/route.ts';
import { tenableError } from './answers.ts';
import type { Inventory } from './inventory.ts';

interface Category {
  readonly uuid: string;
  readonly name: string;
  readonly description: string;
  readonly created_at: string;
}
interface Value extends Omit<Category, 'name'> {
  readonly category: Category;
  readonly value: string;
}

const userName = 'tieline@enterprise.example';
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const uuidOf = (...parts: string[]): string => {
  const hex = createHash('sha256').update(parts.join('\0')).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};

export class TagStore {
  readonly categories = new Map<string, Category>();
  readonly values = new Map<string, Value>();

  category(name: string, description: string, now: Date): Category {
    const known = [...this.categories.values()].find(
      (each) => each.name.toLowerCase() === name.toLowerCase(),
    );
    if (known) return known;
    const made = {
      uuid: uuidOf('category', name.toLowerCase()),
      name,
      description,
      created_at: now.toISOString(),
    };
    this.categories.set(made.uuid, made);
    return made;
  }

  reset(): void {
    this.categories.clear();
    this.values.clear();
  }
}

const valueJson = (value: Value): Record<string, unknown> => ({
  uuid: value.uuid,
  created_at: value.created_at,
  created_by: userName,
  updated_at: value.created_at,
  updated_by: userName,
  category_uuid: value.category.uuid,
  category_name: value.category.name,
  category_description: value.category.description,
  value: value.value,
  description: value.description,
  type: 'static',
});
const categoryJson = (category: Category): Record<string, unknown> => ({
  ...category,
  created_by: userName,
  updated_at: category.created_at,
  updated_by: userName,
  reserved: false,
});

function page(request: SimRequest, rows: readonly Record<string, unknown>[], name: string): SimResponse {
  const limit = Math.min(Number(request.query.get('limit') ?? 1000), 5000);
  const offset = Number(request.query.get('offset') ?? 0);
  const wanted = request.query.getAll('f').map((filter) => filter.split(':'));
  const matching = rows.filter((row) =>
    wanted.every(
      ([field = '', operator, ...value]) =>
        operator !== 'eq' || String(row[field]).toLowerCase() === value.join(':').toLowerCase(),
    ),
  );
  return {
    status: 200,
    json: {
      [name]: matching.slice(offset, offset + limit),
      pagination: { total: matching.length, limit, offset },
    },
  };
}

export function tagRoutes(tags: TagStore, inventory: Inventory, canEdit: () => boolean): Route[] {
  const editing =
    (act: (request: SimRequest) => SimResponse) =>
    (request: SimRequest): SimResponse =>
      canEdit() ? act(request) : forbidden;
  return [
    {
      method: 'POST',
      path: '/tags/categories',
      handle: editing((request) => makeCategory(tags, request)),
    },
    {
      method: 'GET',
      path: '/tags/categories',
      handle: (request) => page(request, [...tags.categories.values()].map(categoryJson), 'categories'),
    },
    { method: 'POST', path: '/tags/values', handle: editing((request) => makeValue(tags, request)) },
    {
      method: 'GET',
      path: '/tags/values',
      handle: (request) => page(request, [...tags.values.values()].map(valueJson), 'values'),
    },
    {
      method: 'POST',
      path: '/tags/assets/assignments',
      handle: editing((request) => assign(tags, inventory, request)),
    },
    {
      method: 'GET',
      path: '/tags/assets/:uuid/assignments',
      handle: ({ params }) => assignmentsOf(tags, inventory, params['uuid'] ?? ''),
    },
  ];
}

const forbidden = tenableError(
  403,
  'Forbidden',
  'You need to log in to perform this request with the role Scan Manager [40]',
);

function makeCategory(tags: TagStore, { json, now }: SimRequest): SimResponse {
  const name = isObject(json) ? json['name'] : undefined;
  if (typeof name !== 'string' || name.length === 0 || name.length > 127 || name.includes(':'))
    return tenableError(400, 'Bad Request', 'name must have 1 to 127 characters and no colon');
  if ([...tags.categories.values()].some((each) => each.name.toLowerCase() === name.toLowerCase()))
    return tenableError(400, 'Bad Request', 'duplicate');
  return {
    status: 200,
    json: categoryJson(tags.category(name, isObject(json) ? textOf(json['description']) : '', now)),
  };
}

function makeValue(tags: TagStore, { json, now }: SimRequest): SimResponse {
  const given = isObject(json) ? json : {};
  const { value } = given;
  if (typeof value !== 'string' || value.length === 0 || value.length > 50 || value.includes(','))
    return tenableError(400, 'Bad Request', 'value must have 1 to 50 characters and no comma');
  const byUuid =
    typeof given['category_uuid'] === 'string' ? tags.categories.get(given['category_uuid']) : undefined;
  const name = given['category_name'];
  if (!byUuid && (typeof name !== 'string' || name === '' || name.length > 127 || name.includes(':')))
    return tenableError(400, 'Bad Request', 'category_name or category_uuid is required');
  const category = byUuid ?? tags.category(String(name), textOf(given['category_description']), now);
  if (
    [...tags.values.values()].some(
      (each) => each.category.uuid === category.uuid && each.value.toLowerCase() === value.toLowerCase(),
    )
  )
    return tenableError(400, 'Bad Request', 'duplicate');
  const made: Value = {
    uuid: uuidOf('value', category.uuid, value.toLowerCase()),
    category,
    value,
    description: textOf(given['description']),
    created_at: now.toISOString(),
  };
  tags.values.set(made.uuid, made);
  return { status: 200, json: valueJson(made) };
}

function assign(tags: TagStore, inventory: Inventory, { json, now }: SimRequest): SimResponse {
  const given = isObject(json) ? json : {};
  const assets = Array.isArray(given['assets']) ? given['assets'].map(String) : [];
  const values = (Array.isArray(given['tags']) ? given['tags'] : []).map((uuid) =>
    tags.values.get(String(uuid)),
  );
  if (
    (given['action'] !== 'add' && given['action'] !== 'remove') ||
    assets.length === 0 ||
    values.length === 0
  )
    return tenableError(400, 'Bad Request', 'action, assets and tags are required');
  if (values.includes(undefined)) return tenableError(404, 'Not Found', 'a tag does not exist');
  if (assets.some((uuid) => !inventory.hasAsset(uuid)))
    return tenableError(404, 'Not Found', 'an asset does not exist');
  const isPresent = given['action'] === 'add';
  // As in the real one, the answer comes first and the effect a moment later.
  setTimeout(() => {
    for (const uuid of assets)
      for (const value of values)
        if (value)
          inventory.setTag(
            uuid,
            { uuid: value.uuid, key: value.category.name, value: value.value, added_at: now.toISOString() },
            isPresent,
          );
  }, 5);
  return { status: 202, json: { job_uuid: uuidOf('job', now.toISOString(), ...assets) } };
}

function assignmentsOf(tags: TagStore, inventory: Inventory, asset: string): SimResponse {
  if (!inventory.hasAsset(asset)) return tenableError(404, 'Not Found', 'The asset does not exist');
  return {
    status: 200,
    json: {
      tags: inventory.tagsOf(asset).map((tag) => ({
        value_uuid: tag.uuid,
        category_name: tag.key,
        value: tag.value,
        asset_uuid: asset,
        created_at: tag.added_at,
        created_by: userName,
        source: 'static',
        category_uuid: tags.values.get(tag.uuid)?.category.uuid,
      })),
    },
  };
}
