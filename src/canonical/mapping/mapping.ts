/**
 * A field mapping: one row of data_field_mappings. It ties a path in the remote's record to a field of Tieline's,
 * with the transforms between. How it is applied, in both directions, is `src/canonical/mapping/apply-mappings.ts`.
 */
import type { Json } from '../../platform/values/index.ts';

/** How a date is written where no form is named. */
export const dateWords = ['iso', 'date', 'epoch-seconds', 'epoch-milliseconds'] as const;

export type Transform =
  | { readonly kind: 'trim' }
  | { readonly kind: 'case'; readonly to: 'upper' | 'lower' | 'title' }
  | {
      readonly kind: 'values';
      readonly map: Readonly<Record<string, Json>>;
      readonly otherwise?: 'keep' | 'fail' | 'null';
    }
  | {
      readonly kind: 'date';
      /** How it is written: one of these words, or a form as `MM/DD/YYYY` (`src/canonical/mapping/date-forms.ts`). */
      readonly external: string;
      readonly internal: 'instant' | 'date';
      /** Forms that are read too. ISO 8601 and epochs always are. */
      readonly also?: string[];
    }
  | { readonly kind: 'number'; readonly scale?: number; readonly integer?: boolean }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'text' }
  | { readonly kind: 'list' }
  | { readonly kind: 'split'; readonly separator: string }
  | { readonly kind: 'first' }
  | { readonly kind: 'last' }
  | { readonly kind: 'template'; readonly text: string }
  | { readonly kind: 'constant'; readonly value: Json }
  | { readonly kind: 'default'; readonly value: Json }
  | { readonly kind: 'lookup'; readonly table: string }
  | { readonly kind: 'uuid'; readonly derive?: boolean };

export type MappingDirection = 'inbound' | 'outbound' | 'bidirectional';

export interface FieldMapping {
  /** asset, finding, plugin, system, component, control, poam, milestone */
  readonly entityType: string;
  /** Dotted path in the remote's record: `asset.uuid`, `plugin.cve`. */
  readonly externalField: string;
  /** The field of Tieline's record, spelled as its column. */
  readonly internalField: string;
  readonly direction: MappingDirection;
  /** Applied first to last on the way in; reversed, last to first, on the way out. */
  readonly transforms: readonly Transform[];
  readonly required: boolean;
}
