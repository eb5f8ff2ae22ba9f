/** Icons come one file each: the barrel makes the build read 6,500 files (reference/console.md e.1). */
declare module '@tabler/icons-react/dist/esm/icons/*.mjs' {
  import type { Icon } from '@tabler/icons-react';
  const icon: Icon;
  export default icon;
}
