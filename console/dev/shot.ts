import type { Page } from 'playwright-core';
import type { FoundIds } from './found-ids.ts';

export interface Shot {
  readonly name: string;
  readonly path: (ids: FoundIds) => string;
  /** Signs in as this role of the demo first; undefined: the ISSM, null: nobody. */
  readonly role?: string | null;
  /** A selector that is there when the page is. */
  readonly ready?: string;
  readonly act?: (page: Page) => Promise<void>;
}
