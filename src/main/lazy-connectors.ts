/**
 * The connectors and the reader of scan files, loaded when they are first asked for: together they are a third of all modules, and
 * most commands need neither. `require` and not `import`, since who asks cannot wait.
 */
import { createRequire } from 'node:module';
import type { ConnectorModule, ScanFileReader } from '../connectors/kit/index.ts';

const require = createRequire(import.meta.url);

export const lazyConnectors = {
  /** Every vendor that this build of Tieline can talk to, by system type. */
  get modules(): ReadonlyMap<string, ConnectorModule> {
    return (require('./connectors.ts') as typeof import('./connectors.ts')).connectorModules;
  },
  get scanFiles(): ScanFileReader {
    const { scanFileReader } =
      require('../connectors/nessus/index.ts') as typeof import('../connectors/nessus/index.ts');
    const { withChecklists } =
      require('../connectors/checklists/index.ts') as typeof import('../connectors/checklists/index.ts');
    return withChecklists(scanFileReader);
  },
};
