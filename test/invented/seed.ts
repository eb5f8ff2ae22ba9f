/** What the invented products hold at the start, in words of their own. */
export interface Item {
  readonly id: string;
  readonly revision: number;
  /** The number of the change that made it so. */
  readonly changed: number;
  readonly [field: string]: unknown;
}

export interface Product {
  seed(): Map<string, Map<string, Item>>;
  /** The field that a change of the schema turns into something else. */
  readonly drifting: string;
  /** Records that a new one brings along. */
  readonly inline?: { readonly field: string; readonly list: string; readonly parent: string };
}

const listOf = (items: readonly object[], prefix: string): Map<string, Item> =>
  new Map(
    items.map((fields, index) => {
      const id = `${prefix}-${String(index + 1).padStart(2, '0')}`;
      return [id, { id, revision: 1, changed: 1, ...fields }];
    }),
  );
const times = (count: number, item: (index: number) => object): object[] =>
  Array.from({ length: count }, (_, index) => item(index));
const twoDigits = (number: number): string => String(number).padStart(2, '0');

/** A lessor's books: facilities, and the leases of each. */
const lessor: Product = {
  drifting: 'lessee',
  seed: () =>
    new Map([
      [
        'facilities',
        listOf(
          times(5, (index) => ({ name: `Facility ${index + 1}` })),
          'F',
        ),
      ],
      [
        'leases',
        listOf(
          times(10, (index) => ({
            facility: `F-${twoDigits((index % 5) + 1)}`,
            number: `L-${100 + index}`,
            subject: `Hall ${index + 1}`,
            lessee: `Tenant ${index + 1}`,
            rooms: [`r${index}a`, `r${index}b`],
            until: `2031-${twoDigits(index + 1)}-15`,
            state: 'active',
            remarks: 'Signed.',
          })),
          'L',
        ),
      ],
    ]),
};

/** A GRC system of another maker: boundaries, their action items, and the steps of each item. */
const governor: Product = {
  drifting: 'owner',
  inline: { field: 'steps', list: 'steps', parent: 'item' },
  seed: () =>
    new Map([
      [
        'boundaries',
        listOf(
          times(5, (index) => ({ title: `Boundary ${index + 1}` })),
          'B',
        ),
      ],
      [
        'items',
        listOf(
          times(9, (index) => ({
            boundary: `B-${twoDigits((index % 5) + 1)}`,
            summary: `Weakness ${index + 1}`,
            state: 'OPEN',
            due: `28/${twoDigits(index + 1)}/2031`,
            owner: 'Jane Doe',
            notes: '',
          })),
          'I',
        ),
      ],
      [
        'steps',
        listOf(
          times(9, (index) => ({
            item: `I-${twoDigits(index + 1)}`,
            what: `Step of ${index + 1}`,
            due: `15/${twoDigits(index + 1)}/2031`,
            state: 'TODO',
          })),
          'S',
        ),
      ],
    ]),
};

export function productOf(name: string): Product {
  if (name === 'lessor') return lessor;
  if (name === 'governor') return governor;
  throw new Error(`There is no product ${name}.`);
}
