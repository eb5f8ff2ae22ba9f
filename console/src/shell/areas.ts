/** The pages of the sidebar: what each needs, its keys, its badge. A page that a person may not open is not shown to them. */
import IconArrowsExchange from '@tabler/icons-react/dist/esm/icons/IconArrowsExchange.mjs';
import IconBug from '@tabler/icons-react/dist/esm/icons/IconBug.mjs';
import IconCalendarDue from '@tabler/icons-react/dist/esm/icons/IconCalendarDue.mjs';
import IconChecklist from '@tabler/icons-react/dist/esm/icons/IconChecklist.mjs';
import IconClipboardCheck from '@tabler/icons-react/dist/esm/icons/IconClipboardCheck.mjs';
import IconFileImport from '@tabler/icons-react/dist/esm/icons/IconFileImport.mjs';
import IconGavel from '@tabler/icons-react/dist/esm/icons/IconGavel.mjs';
import IconGitCompare from '@tabler/icons-react/dist/esm/icons/IconGitCompare.mjs';
import IconGitMerge from '@tabler/icons-react/dist/esm/icons/IconGitMerge.mjs';
import IconHome from '@tabler/icons-react/dist/esm/icons/IconHome.mjs';
import IconPlugConnected from '@tabler/icons-react/dist/esm/icons/IconPlugConnected.mjs';
import IconListCheck from '@tabler/icons-react/dist/esm/icons/IconListCheck.mjs';
import IconRefresh from '@tabler/icons-react/dist/esm/icons/IconRefresh.mjs';
import IconServer2 from '@tabler/icons-react/dist/esm/icons/IconServer2.mjs';
import IconShield from '@tabler/icons-react/dist/esm/icons/IconShield.mjs';
import IconUsers from '@tabler/icons-react/dist/esm/icons/IconUsers.mjs';
import type { Icon } from '@tabler/icons-react';
import type { Permission } from '../../../src/canonical/access/index.ts';
import type { Badge } from '../api/badges.ts';
import type { Bootstrap } from '../api/session.ts';

export interface Area {
  readonly to: string;
  readonly title: string;
  readonly icon: Icon;
  readonly group: 'today' | 'Work' | 'Agreement' | 'Setup';
  /** Undefined: everybody who is signed in. */
  readonly permission?: Permission;
  /** What of its own waits for the person (`badges.ts`). */
  readonly badge?: Badge;
  readonly press: string;
  /** Pages that belong to it and do not lie below its address. */
  readonly also?: readonly string[];
}

const areas: readonly Area[] = [
  { to: '/', title: 'Home', icon: IconHome, group: 'today', press: 'g h' },
  {
    to: '/findings',
    title: 'Findings',
    icon: IconBug,
    group: 'Work',
    permission: 'finding:read',
    press: 'g f',
  },
  {
    to: '/poams',
    title: 'POA&Ms',
    icon: IconChecklist,
    group: 'Work',
    permission: 'poam:read',
    press: 'g p',
  },
  {
    to: '/milestones',
    title: 'Milestones',
    icon: IconCalendarDue,
    group: 'Work',
    permission: 'poam:read',
    press: 'g m',
  },
  {
    to: '/deviations',
    title: 'Deviations',
    icon: IconGavel,
    group: 'Work',
    permission: 'poam:read',
    press: 'g d',
  },
  {
    to: '/systems',
    title: 'Systems',
    icon: IconShield,
    group: 'Work',
    permission: 'system:read',
    press: 'g s',
  },
  {
    to: '/assets',
    title: 'Assets',
    icon: IconServer2,
    group: 'Work',
    permission: 'asset:read',
    press: 'g a',
  },
  {
    to: '/imports',
    title: 'Imports',
    icon: IconFileImport,
    group: 'Work',
    permission: 'import:read',
    press: 'g i',
  },
  {
    to: '/conflicts',
    title: 'Conflicts',
    icon: IconGitCompare,
    group: 'Agreement',
    permission: 'conflict:read',
    badge: 'conflicts',
    press: 'g c',
  },
  {
    to: '/approvals',
    title: 'Approvals',
    icon: IconClipboardCheck,
    group: 'Agreement',
    permission: 'plan:read',
    badge: 'approvals',
    press: 'g r',
  },
  {
    to: '/plans',
    title: 'Plans',
    icon: IconListCheck,
    group: 'Agreement',
    permission: 'plan:read',
    press: 'g l',
  },
  {
    to: '/matches',
    title: 'Matches',
    icon: IconGitMerge,
    group: 'Agreement',
    permission: 'link:read',
    press: 'g t',
  },
  {
    to: '/sync',
    title: 'Sync',
    icon: IconRefresh,
    group: 'Agreement',
    permission: 'sync:read',
    press: 'g y',
  },
  {
    to: '/connections',
    title: 'Connections',
    icon: IconPlugConnected,
    group: 'Setup',
    permission: 'sync:read',
    press: 'g n',
  },
  {
    to: '/users',
    title: 'Users & access',
    icon: IconUsers,
    group: 'Setup',
    permission: 'admin:users',
    press: 'g u',
    also: ['/grants', '/tokens', '/roles'],
  },
  {
    to: '/setup/mappings',
    title: 'Mappings & policies',
    icon: IconArrowsExchange,
    group: 'Setup',
    permission: 'mapping:read',
    press: 'g x',
  },
];

export const areasOf = (permissions: Bootstrap['permissions']): readonly Area[] =>
  areas.filter(({ permission }) => permission === undefined || permissions[permission] !== undefined);
