/** What the copy of a record consists of, as its two forms, HTML and JSON, write it. */
import type { JsonObject } from '../../../platform/values/index.ts';
import type { DisclosureRow } from '../disclosures.sql.ts';
import type { PrivacyRequest } from '../requests.ts';
import type { SearchView } from '../search/start-search.ts';

export interface CopyParts {
  readonly request: PrivacyRequest;
  readonly search: SearchView;
  readonly disclosures: readonly DisclosureRow[];
  readonly generator: string;
  readonly marking: string;
  readonly at: Date;
  /** The rows of one table that go into the copy, each as it is now; null: it is gone since. */
  readonly rowsOf: (table: SearchView['tables'][number]) => AsyncIterable<JsonObject | null>;
}

const secretName = /passw|secret|token|api.?key|private.?key|credential|(^|_)hash$|sealed/i;

export const withheld = '(left out: a password, key or token)';

/** A row without what is secret. The names of columns say what is. */
export const withoutSecrets = (row: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      value !== null && value !== undefined && secretName.test(name) ? withheld : value,
    ]),
  );
