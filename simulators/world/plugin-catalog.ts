import { anyMachine, products } from './catalog-any.ts';
import { linux } from './catalog-linux.ts';
import { network } from './catalog-network.ts';
import type { CatalogRow } from './catalog-row.ts';
import { windows } from './catalog-windows.ts';

/** 150 rows: 30 for any machine, 14 of products on servers and workstations, 50 for Linux, 42 for Windows, 14 for network devices. */
export const pluginCatalog: readonly CatalogRow[] = [
  ...anyMachine,
  ...products,
  ...linux,
  ...windows,
  ...network,
];
