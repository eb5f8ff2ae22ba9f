/**
 * Custom attributes of assets: at most ten a container, defined by an administrator, with a name that stays. Where a mapping names
 * one, its value on each asset is kept: the natural home of the ids under which a GRC system knows an asset.
 *
 * Values are put one by one. The document does not say whether the request with a list replaces the values that it does not
 * name, and those are other people's. For the same reason a value that nobody here wrote is not overwritten.
 */
import { z } from 'zod';
import type { FieldFault } from '../../../platform/errors/index.ts';
import type { Json, JsonObject } from '../../../platform/values/index.ts';
import type { FieldMapping } from '../../../canonical/mapping/index.ts';
import type { ConnectorContext, WriteResult } from '../../kit/index.ts';
import { readRefusal } from '../../../platform/http/index.ts';
import type { TenableSettings } from '../settings.ts';
import { sameText } from './asset-tags.ts';
import { readAnswer, tenableRefusal, type TenableApi, type TenableRequest } from '../session.ts';

/** In a container (the vendor's OpenAPI). */
export const mostAttributes = 10;
const listPath = '/api/v3/assets/attributes';
const description = 'Kept by Tieline from the GRC record.';

const definition = z.object({ id: z.string(), name: z.string() });
const definitionList = z.object({ attributes: z.array(definition).default([]) });
const assigned = z.object({
  attributes: z.array(z.object({ id: z.string(), name: z.string().optional(), value: z.string().nullish() })),
});
type Definition = z.output<typeof definition>;

/** Names of the attributes that the mappings mention, in whatever direction. */
export function mappedAttributes(mappings: readonly FieldMapping[]): string[] {
  const paths = mappings
    .filter((mapping) => mapping.entityType === 'asset_context')
    .flatMap((mapping) => mapping.externalField.split('|').map((path) => path.trim().split('.')));
  return [...new Set(paths.flatMap(([head, name]) => (head === 'attributes' && name ? [name] : [])))];
}

/** What the account may see of the definitions. */
export type Definitions =
  | { readonly defined: readonly Definition[] }
  | { readonly status: 403; readonly said: string };

/** The attributes of the container. @throws TielineError for any answer but the list and 403. */
export async function listDefinitions(api: TenableApi, signal: AbortSignal): Promise<Definitions> {
  const request: TenableRequest = { method: 'GET', path: listPath, signal };
  const response = await api.send(request);
  if (response.status === 403) return { status: 403, said: await readRefusal(response) };
  if (response.status >= 300) throw await tenableRefusal(request, response);
  return { defined: (await readAnswer(request, response, definitionList)).attributes };
}

const rejected = (faults: readonly FieldFault[]): WriteResult => ({
  outcome: 'rejected',
  message: faults.map((fault) => `${fault.field}: ${fault.message}`).join(' '),
  fields: [...faults],
});
const faultsOf = (names: readonly string[], message: string): FieldFault[] =>
  names.map((name) => ({ field: `attributes.${name}`, message }));

export interface WantedAttributes {
  readonly asset: string;
  /** By name; null takes the value off. */
  readonly wanted: Readonly<Record<string, string | null>>;
  /** By name: the value that it is believed to have. */
  readonly before: JsonObject;
}

/** The attributes of one container, over one connection. */
export class AssetAttributes {
  readonly #api: TenableApi;
  readonly #context: ConnectorContext<TenableSettings>;
  #defined: readonly Definition[] | undefined;
  /** Definitions are made one after the other: two requests for one name could make two of the ten. */
  #turn: Promise<unknown> = Promise.resolve();
  /** By name, why it could not be defined: asked once, not once for each asset. */
  readonly #refused = new Map<string, string>();

  constructor(api: TenableApi, context: ConnectorContext<TenableSettings>) {
    this.#api = api;
    this.#context = context;
  }

  /** The values of the named attributes on an asset, null where it has none. */
  async valuesOf(asset: string, names: readonly string[], signal: AbortSignal): Promise<JsonObject> {
    const path = `/api/v3/assets/${encodeURIComponent(asset)}/attributes`;
    const { attributes } = await this.#api.fetch({ method: 'GET', path, signal }, assigned);
    // The vendor's example shows names, its export of version 2 ids only.
    const known = attributes.some((each) => each.name === undefined) ? await this.#definitions(signal) : [];
    const nameOf = (each: { id: string; name?: string | undefined }): string =>
      each.name ?? known.find(({ id }) => id === each.id)?.name ?? '';
    return Object.fromEntries(
      names.map((name): [string, Json] => {
        const value = attributes.find((each) => sameText(nameOf(each), name))?.value;
        return [name, value === undefined || value === '' ? null : value];
      }),
    );
  }

  /**
   * Makes the named values of one asset just these, defining attributes that are not defined yet. @returns why it could not be
   * done, or undefined when the asset shows them.
   */
  async settle(
    { asset, wanted, before }: WantedAttributes,
    signal: AbortSignal,
  ): Promise<WriteResult | undefined> {
    const names = Object.keys(wanted);
    const undefinable = await this.#ensure(
      names.filter((name) => wanted[name] !== null),
      signal,
    );
    if (undefinable) return undefinable;
    const present = await this.valuesOf(asset, names, signal);
    const left = names.filter((name) => !sameValue(present[name], wanted[name]));
    const foreign = left.filter(
      (name) => present[name] !== null && !sameValue(present[name], before[name] ?? null),
    );
    if (foreign.length > 0)
      return rejected(
        foreign.map((name) => ({
          field: `attributes.${name}`,
          message: `has the value ${JSON.stringify(present[name])} in Tenable, which Tieline did not write and so does not overwrite: clear it there, then \`tieline outbox retry\`.`,
        })),
      );
    const defined = await this.#definitions(signal);
    for (const name of left) {
      const id = defined.find((each) => sameText(each.name, name))?.id;
      if (id === undefined)
        return rejected(faultsOf([name], 'is not among the attributes that the account may see.'));
      const refusal = await this.#put({ asset, id, name, value: wanted[name] ?? null }, signal);
      if (refusal) return refusal;
    }
    return left.length === 0 || (await this.#shows(asset, wanted, signal))
      ? undefined
      : { outcome: 'unknown', message: `The attributes were sent but are not yet as wanted on ${asset}.` };
  }

  async #put(
    { asset, id, name, value }: { asset: string; id: string; name: string; value: string | null },
    signal: AbortSignal,
  ): Promise<WriteResult | undefined> {
    const path = `/api/v3/assets/${encodeURIComponent(asset)}/attributes/${encodeURIComponent(id)}`;
    const request: TenableRequest =
      value === null ? { method: 'DELETE', path, signal } : { method: 'PUT', path, json: { value }, signal };
    const response = await this.#api.send(request);
    if (response.status < 300) {
      await response.text();
      return undefined;
    }
    if (response.status !== 400 && response.status !== 403) throw await tenableRefusal(request, response);
    const said = await readRefusal(response);
    // Perhaps its definition was deleted: the next change looks again.
    this.#defined = undefined;
    const what = said === '' ? `Tenable answered ${response.status}` : said;
    return rejected(
      faultsOf(
        [name],
        response.status === 403
          ? `was not written (${what}): give the account the role Basic [16] and the right to edit the asset.`
          : `was not written: ${what}.`,
      ),
    );
  }

  async #shows(asset: string, wanted: WantedAttributes['wanted'], signal: AbortSignal): Promise<boolean> {
    const { now, sleep, settings } = this.#context;
    const until = now().getTime() + settings.tag_visible_seconds * 1000;
    for (let pauseMs = 100; ; pauseMs = Math.min(pauseMs * 2, 5000)) {
      const present = await this.valuesOf(asset, Object.keys(wanted), signal);
      if (Object.entries(wanted).every(([name, value]) => sameValue(present[name], value))) return true;
      if (now().getTime() >= until) return false;
      await sleep(pauseMs, signal);
    }
  }

  async #definitions(signal: AbortSignal): Promise<readonly Definition[]> {
    if (this.#defined) return this.#defined;
    const listed = await listDefinitions(this.#api, signal);
    if ('status' in listed) return [];
    this.#defined = listed.defined;
    return listed.defined;
  }

  /** Defines the named attributes that are not defined. @returns why that cannot be, or undefined. */
  #ensure(names: readonly string[], signal: AbortSignal): Promise<WriteResult | undefined> {
    const mine = this.#turn.then(() => this.#ensureInTurn(names, signal));
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  async #ensureInTurn(names: readonly string[], signal: AbortSignal): Promise<WriteResult | undefined> {
    if (this.#defined && this.#missing(names).length === 0) return undefined;
    for (const name of names) {
      const refusal = this.#refused.get(name);
      if (refusal !== undefined) return rejected(faultsOf([name], refusal));
    }
    const listed = await listDefinitions(this.#api, signal);
    if ('status' in listed) {
      const message = `cannot be written: the account may not see custom attributes${listed.said === '' ? '' : ` (${listed.said})`}. Give it the role Basic [16] or higher.`;
      return this.#refuse(names, message);
    }
    this.#defined = listed.defined;
    const missing = this.#missing(names);
    if (missing.length === 0) return undefined;
    if (listed.defined.length + missing.length > mostAttributes)
      return this.#refuse(
        missing,
        `is not defined in Tenable, which takes ${mostAttributes} custom attributes and has ${listed.defined.length} (${listed.defined.map((each) => each.name).join(', ')}): delete one there, or map the field to one of these.`,
      );
    return await this.#define(names, missing, signal);
  }

  async #define(
    names: readonly string[],
    missing: readonly string[],
    signal: AbortSignal,
  ): Promise<WriteResult | undefined> {
    // Not repeated by the client: whether a lost request was done is looked up by name.
    const request: TenableRequest = {
      method: 'POST',
      path: listPath,
      json: { attributes: missing.map((name) => ({ name, description })) },
      signal,
      retry: 'never',
    };
    const response = await this.#api.send(request);
    if (response.status === 403) {
      const said = await readRefusal(response);
      return this.#refuse(
        missing,
        `is not defined in Tenable, and the account may not define it${said === '' ? '' : ` (${said})`}: let an administrator define it (Settings, Custom Attributes), or give the account the role Administrator [64]; then \`tieline outbox retry\`.`,
      );
    }
    if (response.status >= 300 && response.status !== 400) throw await tenableRefusal(request, response);
    const said = await readRefusal(response);
    const { now, sleep, settings } = this.#context;
    const until = now().getTime() + (response.status === 400 ? 0 : settings.tag_visible_seconds * 1000);
    for (let pauseMs = 100; ; pauseMs = Math.min(pauseMs * 2, 5000)) {
      this.#defined = undefined;
      await this.#definitions(signal);
      if (this.#missing(names).length === 0) return undefined;
      if (response.status === 400)
        return this.#refuse(
          missing,
          `cannot be defined: ${said === '' ? 'Tenable refused it (400)' : said}.`,
        );
      if (now().getTime() >= until)
        return { outcome: 'unknown', message: `${missing.join(', ')} was defined but is not listed yet.` };
      await sleep(pauseMs, signal);
    }
  }

  #refuse(names: readonly string[], message: string): WriteResult {
    for (const name of names) this.#refused.set(name, message);
    return rejected(faultsOf(names, message));
  }

  #missing(names: readonly string[]): string[] {
    const defined = this.#defined ?? [];
    return names.filter((name) => !defined.some((each) => sameText(each.name, name)));
  }
}

const sameValue = (left: Json | undefined, right: Json | undefined): boolean =>
  (typeof left === 'string' ? left.trim() : (left ?? null)) ===
  (typeof right === 'string' ? right.trim() : (right ?? null));
