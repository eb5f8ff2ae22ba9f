import { anyMachine, products } from './catalog-any.ts';
import { linux } from './catalog-linux.ts';
import { network } from './catalog-network.ts';
import type { CatalogRow } from './catalog-row.ts';
import { windows } from './catalog-windows.ts';

/** 150 rows: 44 for any machine, 50 for Linux, 42 for Windows, 14 for network devices. */
export const pluginCatalog: readonly CatalogRow[] = [
  ...anyMachine,
  ...products,
  ...linux,
  ...windows,
  ...network,
];
