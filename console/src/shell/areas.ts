/** The pages of the sidebar: what each needs, its keys, its badge. A page that a person may not open is not shown to them. */
import IconAlertTriangle from '@tabler/icons-react/dist/esm/icons/IconAlertTriangle.mjs';
import IconBellCog from '@tabler/icons-react/dist/esm/icons/IconBellCog.mjs';
import IconArrowsExchange from '@tabler/icons-react/dist/esm/icons/IconArrowsExchange.mjs';
import IconBug from '@tabler/icons-react/dist/esm/icons/IconBug.mjs';
import IconCalendarDue from '@tabler/icons-react/dist/esm/icons/IconCalendarDue.mjs';
import IconCalendarCog from '@tabler/icons-react/dist/esm/icons/IconCalendarCog.mjs';
import IconChartLine from '@tabler/icons-react/dist/esm/icons/IconChartLine.mjs';
import IconChecklist from '@tabler/icons-react/dist/esm/icons/IconChecklist.mjs';
import IconClipboardCheck from '@tabler/icons-react/dist/esm/icons/IconClipboardCheck.mjs';
import IconFileImport from '@tabler/icons-react/dist/esm/icons/IconFileImport.mjs';
import IconFileText from '@tabler/icons-react/dist/esm/icons/IconFileText.mjs';
import IconFilterCog from '@tabler/icons-react/dist/esm/icons/IconFilterCog.mjs';
import IconGavel from '@tabler/icons-react/dist/esm/icons/IconGavel.mjs';
import IconGitCompare from '@tabler/icons-react/dist/esm/icons/IconGitCompare.mjs';
import IconGitMerge from '@tabler/icons-react/dist/esm/icons/IconGitMerge.mjs';
import IconHome from '@tabler/icons-react/dist/esm/icons/IconHome.mjs';
import IconPlugConnected from '@tabler/icons-react/dist/esm/icons/IconPlugConnected.mjs';
import IconHistory from '@tabler/icons-react/dist/esm/icons/IconHistory.mjs';
import IconInbox from '@tabler/icons-react/dist/esm/icons/IconInbox.mjs';
import IconListCheck from '@tabler/icons-react/dist/esm/icons/IconListCheck.mjs';
import IconRadar from '@tabler/icons-react/dist/esm/icons/IconRadar.mjs';
import IconRefresh from '@tabler/icons-react/dist/esm/icons/IconRefresh.mjs';
import IconServer2 from '@tabler/icons-react/dist/esm/icons/IconServer2.mjs';
import IconShield from '@tabler/icons-react/dist/esm/icons/IconShield.mjs';
import IconShieldCheck from '@tabler/icons-react/dist/esm/icons/IconShieldCheck.mjs';
import IconShieldSearch from '@tabler/icons-react/dist/esm/icons/IconShieldSearch.mjs';
import IconSubtask from '@tabler/icons-react/dist/esm/icons/IconSubtask.mjs';
import IconSitemap from '@tabler/icons-react/dist/esm/icons/IconSitemap.mjs';
import IconUserCheck from '@tabler/icons-react/dist/esm/icons/IconUserCheck.mjs';
import IconUserShield from '@tabler/icons-react/dist/esm/icons/IconUserShield.mjs';
import IconUsers from '@tabler/icons-react/dist/esm/icons/IconUsers.mjs';
import type { Icon } from '@tabler/icons-react';
import type { Permission } from '../../../src/canonical/access/index.ts';
import type { Badge } from '../api/work/badges.ts';
import type { Bootstrap } from '../api/access/session.ts';

export interface Area {
  readonly to: string;
  readonly title: string;
  readonly icon: Icon;
  readonly group: 'today' | 'Work' | 'Agreement' | 'Setup';
  /** Undefined: everybody who is signed in. */
  readonly permission?: Permission;
  /** Is enough as well. */
  readonly orPermission?: Permission;
  /** What of its own waits for the person (`badges.ts`). */
  readonly badge?: Badge;
  /** Two keys, each given once; pages that are seldom gone to have none. */
  readonly press?: string;
  /** Pages that belong to it and do not lie below its address. */
  readonly also?: readonly string[];
}

const areas: readonly Area[] = [
  { to: '/', title: 'Home', icon: IconHome, group: 'today', press: 'g h' },
  { to: '/inbox', title: 'Inbox', icon: IconInbox, group: 'today', badge: 'inbox', press: 'g v' },
  {
    to: '/changes',
    title: 'Changes',
    icon: IconHistory,
    group: 'today',
    permission: 'poam:read',
    press: 'g j',
  },
  {
    to: '/alerts',
    title: 'Alerts',
    icon: IconAlertTriangle,
    group: 'today',
    permission: 'alert:read',
    badge: 'alerts',
    press: 'g z',
  },
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
    also: ['/reviews'],
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
    to: '/tasks',
    title: 'Tasks',
    icon: IconSubtask,
    group: 'Work',
    permission: 'task:read',
    press: 'g k',
  },
  {
    to: '/privacy',
    title: 'Privacy',
    icon: IconUserShield,
    group: 'Work',
    permission: 'privacy:read',
    also: ['/disclosures'],
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
    orPermission: 'poam:write',
    press: 'g i',
  },
  {
    to: '/intelligence',
    title: 'Intelligence',
    icon: IconRadar,
    group: 'Work',
    permission: 'intelligence:read',
    press: 'g e',
  },
  {
    to: '/dashboards',
    title: 'Dashboards',
    icon: IconChartLine,
    group: 'Work',
    permission: 'metric:read',
    also: ['/metrics'],
  },
  {
    to: '/reports',
    title: 'Reports',
    icon: IconFileText,
    group: 'Work',
    permission: 'report:read',
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
    also: ['/grants', '/teams', '/tokens', '/roles', '/identities', '/sign-in-rules'],
  },
  {
    to: '/security',
    title: 'Security log',
    icon: IconShieldSearch,
    group: 'Setup',
    permission: 'audit:read',
  },
  {
    to: '/workflows',
    title: 'Workflows',
    icon: IconSitemap,
    group: 'Setup',
    permission: 'workflow:read',
    also: ['/workflow-runs'],
  },
  {
    to: '/setup/rules',
    title: 'Weakness rules',
    icon: IconFilterCog,
    group: 'Setup',
    permission: 'rule:read',
    press: 'g w',
  },
  {
    to: '/setup/due-policies',
    title: 'Due-date policies',
    icon: IconCalendarCog,
    group: 'Setup',
    permission: 'system:read',
    press: 'g o',
  },
  {
    to: '/setup/deciders',
    title: 'Who decides',
    icon: IconUserCheck,
    group: 'Setup',
    permission: 'plan:read',
    press: 'g q',
  },
  {
    to: '/setup/alerts',
    title: 'Alert rules',
    icon: IconBellCog,
    group: 'Setup',
    permission: 'alert:rules',
  },
  {
    to: '/setup/control-rules',
    title: 'Control rules',
    icon: IconShieldCheck,
    group: 'Setup',
    permission: 'mapping:read',
    press: 'g b',
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
  areas.filter(
    ({ permission, orPermission }) =>
      permission === undefined ||
      permissions[permission] !== undefined ||
      (orPermission !== undefined && permissions[orPermission] !== undefined),
  );
