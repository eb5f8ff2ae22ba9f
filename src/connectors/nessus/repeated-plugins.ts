import type { JsonObject } from '../../platform/values/index.ts';
import { isOfPlugin, pluginOf, type ItemFacts, type TakeTime } from './item-shape.ts';

/**
 * What thousands of items of a file repeat word for word: their plugin. It is put together once, and shared by every item that says
 * the same of it; so it costs neither memory nor, further on, a comparison. It is frozen, since many share it. The oldest are
 * forgotten.
 */
export class RepeatedPlugins {
  readonly #known = new Map<string, { readonly facts: ItemFacts; readonly plugin: JsonObject }>();
  readonly #most: number;

  /** @param most how many are kept. */
  constructor(most = 4_000) {
    this.#most = most;
  }

  /** The plugin of an item. */
  of(facts: ItemFacts, takeTime: TakeTime): JsonObject {
    const id = facts.attributes['pluginID'] ?? '';
    const known = this.#known.get(id);
    if (known && saysTheSame(known.facts, facts)) return known.plugin;
    let lacksTime = false;
    const plugin = pluginOf(facts, (text) => {
      const at = takeTime(text);
      lacksTime ||= at === undefined && text !== undefined;
      return at;
    });
    // A time that cannot be taken is noted for each item that has it.
    if (lacksTime) return plugin;
    this.#known.delete(id);
    this.#known.set(id, { facts: ofPluginOnly(facts), plugin: Object.freeze(plugin) });
    if (this.#known.size > this.#most) this.#known.delete(this.#known.keys().next().value ?? '');
    return plugin;
  }
}

/** Without what is of the finding: its output may be long. */
const ofPluginOnly = ({ attributes, children }: ItemFacts): ItemFacts => ({
  attributes,
  children: new Map([...children].filter(([name]) => isOfPlugin(name))),
});

function saysTheSame(known: ItemFacts, facts: ItemFacts): boolean {
  const named = ['pluginID', 'pluginName', 'pluginFamily'];
  if (named.some((name) => known.attributes[name] !== facts.attributes[name])) return false;
  let compared = 0;
  for (const [name, texts] of facts.children) {
    if (!isOfPlugin(name)) continue;
    compared += 1;
    const before = known.children.get(name);
    if (before?.length !== texts.length || !texts.every((text, place) => text === before[place]))
      return false;
  }
  return compared === known.children.size;
}
