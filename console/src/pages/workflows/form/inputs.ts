/** The inputs of an action as a form shows them, read from the JSON schema that its registry gives. Pure. */
import { isPlain, type Plain } from './document.ts';

/** Lists that an input names one of. */
export type Picks = 'assignee' | 'channel' | 'connection' | 'report_template';
const allPicks: readonly string[] = ['assignee', 'channel', 'connection', 'report_template'];
const isPicks = (word: unknown): word is Picks => typeof word === 'string' && allPicks.includes(word);

interface OfText {
  readonly picks: Picks | undefined;
  /** Fields of the record may stand in it: {poam.due}. */
  readonly fills: boolean;
  readonly isLong: boolean;
}

export type InputShape =
  | ({ readonly is: 'text' } & OfText)
  | ({ readonly is: 'texts' } & OfText)
  | { readonly is: 'choice' | 'choices'; readonly words: readonly string[] }
  | { readonly is: 'number' }
  | { readonly is: 'yes'; readonly byDefault: boolean }
  /** Values by name. @param empties a value may be null, which empties a field. */
  | { readonly is: 'map'; readonly empties: boolean }
  /** Anything else, as YAML. */
  | { readonly is: 'yaml' };

export interface Input {
  readonly name: string;
  readonly label: string;
  readonly meaning: string | undefined;
  readonly isRequired: boolean;
  readonly shape: InputShape;
}

const textOf = (schema: Plain): OfText => ({
  picks: isPicks(schema['picks']) ? schema['picks'] : undefined,
  fills: schema['fills'] === true,
  isLong:
    schema['picks'] === undefined && (schema['fills'] === true || Number(schema['maxLength'] ?? 0) > 200),
});

const wordsOf = (schema: Plain): readonly string[] | undefined =>
  Array.isArray(schema['enum']) && schema['enum'].every((word) => typeof word === 'string')
    ? schema['enum']
    : undefined;

const typesOf = (schema: Plain): readonly unknown[] => {
  const { anyOf, type } = schema;
  if (Array.isArray(anyOf)) return anyOf.filter(isPlain).flatMap(typesOf);
  return Array.isArray(type) ? type : [type];
};

function listOf(items: unknown): InputShape {
  if (!isPlain(items)) return { is: 'yaml' };
  const words = wordsOf(items);
  if (words) return { is: 'choices', words };
  return items['type'] === 'string' ? { is: 'texts', ...textOf(items) } : { is: 'yaml' };
}

function shapeOf(schema: Plain): InputShape {
  const words = wordsOf(schema);
  if (words) return { is: 'choice', words };
  switch (schema['type']) {
    case 'string':
      return { is: 'text', ...textOf(schema) };
    case 'integer':
    case 'number':
      return { is: 'number' };
    case 'boolean':
      return { is: 'yes', byDefault: schema['default'] === true };
    case 'array':
      return listOf(schema['items']);
    case 'object': {
      const inner = schema['additionalProperties'];
      if (schema['properties'] !== undefined || !isPlain(inner)) return { is: 'yaml' };
      const types = typesOf(inner);
      return types.includes('string') ? { is: 'map', empties: types.includes('null') } : { is: 'yaml' };
    }
    default:
      return { is: 'yaml' };
  }
}

/** `due_in_days` is read "Due in days". */
export const labelOf = (name: string): string => {
  const words = name
    .replaceAll('_', ' ')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** @param schema of the inputs of one action. */
export function inputsOf(schema: Plain): readonly Input[] {
  const { properties, required } = schema;
  const needed: readonly unknown[] = Array.isArray(required) ? required : [];
  return Object.entries(isPlain(properties) ? properties : {}).map(([name, of]) => {
    const { title, description } = isPlain(of) ? of : {};
    return {
      name,
      label: typeof title === 'string' ? title : labelOf(name),
      meaning: typeof description === 'string' ? description : undefined,
      isRequired: needed.includes(name),
      shape: isPlain(of) ? shapeOf(of) : { is: 'yaml' },
    };
  });
}
