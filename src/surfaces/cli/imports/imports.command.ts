import type { FirstLevel } from '../kit/command.ts';
import { listOptions } from '../lists/list-options.ts';

export const imports: FirstLevel = {
  commands: [
    {
      name: 'list',
      reads: true,
      description: 'scan files as they were brought, the latest first, with what became of each',
      options: listOptions,
      examples: ['imports list --filter "state=refused,partial"', 'imports list --filter "at=7d.."'],
      action: async () => (await import('./imports.actions.ts')).showImports,
    },
    {
      name: 'folders',
      description: 'folders that `import --watch` looks at, and those that nobody looks at any more',
      action: async () => (await import('./imports.actions.ts')).showFolders,
    },
  ],
};
