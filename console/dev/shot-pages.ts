/** The pages and states that pictures are taken of. */
import { setupPages } from './setup-shots.ts';
import type { Shot } from './shot.ts';

const rows = '[role="row"][data-index="0"]';

export const pages: readonly Shot[] = [
  { name: 'home', path: () => '/', role: 'issm', ready: 'table tbody tr' },
  { name: 'inbox', path: () => '/inbox', role: 'isso', ready: '[data-inbox-row]' },
  { name: 'inbox-kind', path: () => '/inbox?kind=late_obligation', ready: '[data-inbox-row]' },
  { name: 'changes', path: () => '/changes', ready: 'table tbody tr' },
  { name: 'poams', path: () => '/poams?open=yes&due=..30d', ready: rows },
  { name: 'poam', path: (ids) => `/poams/${ids.poam}`, ready: 'table tbody tr' },
  {
    name: 'poam-edit',
    path: (ids) => `/poams/${ids.poam}`,
    ready: '[data-edit]',
    act: async (page) => {
      await page.click('[aria-label="Edit Scheduled completion"]');
      await page.waitForSelector('input[type=date]');
    },
  },
  { name: 'poam-why', path: (ids) => `/poams/${ids.poam}/why`, ready: 'table tbody tr' },
  { name: 'poam-story', path: (ids) => `/poams/${ids.poam}/story`, ready: 'ol li' },
  {
    name: 'poam-complete',
    path: (ids) => `/poams/${ids.poam}`,
    ready: '[data-edit]',
    act: async (page) => {
      await page.getByRole('button', { name: 'Complete…' }).click();
      await page.waitForSelector('[role=dialog] input[type=date]');
    },
  },
  { name: 'poam-weaknesses', path: (ids) => `/poams/${ids.poam}/weaknesses`, ready: 'table tbody tr' },
  { name: 'poam-milestones', path: (ids) => `/poams/${ids.poam}/milestones`, ready: 'table tbody tr' },
  {
    name: 'milestone-add',
    path: (ids) => `/poams/${ids.poam}/milestones`,
    ready: 'table tbody tr',
    act: async (page) => {
      await page.getByRole('button', { name: 'Add a milestone' }).click();
      await page.waitForSelector('[role=dialog] input[type=date]');
    },
  },
  { name: 'poam-history', path: (ids) => `/poams/${ids.poam}/history`, ready: 'table tbody tr' },
  { name: 'poam-findings', path: (ids) => `/poams/${ids.poam}/findings`, ready: rows },
  { name: 'poam-evidence', path: (ids) => `/poams/${ids.poam}/evidence`, ready: 'h1' },
  { name: 'poam-deviations', path: (ids) => `/poams/${ids.poam}/deviations`, ready: 'button' },
  {
    name: 'deviation-request',
    path: (ids) => `/poams/${ids.poam}/deviations`,
    ready: 'button',
    act: async (page) => {
      await page.getByRole('button', { name: 'Ask for a deviation…' }).click();
      await page.waitForSelector('[role=dialog] select');
    },
  },
  { name: 'alerts', path: () => '/alerts', ready: rows },
  {
    name: 'alert',
    path: () => '/alerts',
    ready: rows,
    act: async (page) => {
      await page.locator(`${rows} a`).first().click();
      await page.getByRole('heading', { name: 'Story' }).waitFor();
    },
  },
  { name: 'security-log', path: () => '/security', ready: rows },
  {
    name: 'security-event',
    path: () => '/security',
    ready: rows,
    act: async (page) => {
      await page.locator(`${rows} a`).first().click();
      await page.getByRole('button', { name: 'Investigate…' }).waitFor();
    },
  },
  {
    name: 'security-forward',
    path: () => '/security',
    ready: rows,
    act: async (page) => {
      await page.getByRole('button', { name: 'Forward…' }).click();
      await page.getByLabel('Server').waitFor();
    },
  },
  { name: 'privacy', path: () => '/privacy', role: 'auditor' },
  { name: 'disclosures', path: () => '/disclosures', role: 'auditor' },
  {
    name: 'disclosure-record',
    path: () => '/disclosures',
    role: 'privacy_officer',
    act: async (page) => {
      await page.getByRole('button', { name: 'Record a disclosure…' }).click();
      await page.waitForSelector('[role=dialog] select');
    },
  },
  {
    name: 'security-verify',
    path: () => '/security',
    ready: rows,
    act: async (page) => {
      await page.getByRole('button', { name: 'Verify…' }).click();
      await page.getByRole('button', { name: 'Verify every row' }).click();
      await page.getByRole('dialog').getByRole('status').waitFor();
    },
  },
  { name: 'alert-rules', path: () => '/setup/alerts', role: 'operator', ready: 'table tbody tr' },
  {
    name: 'alert-rule',
    path: () => '/setup/alerts',
    role: 'operator',
    ready: 'table tbody tr',
    act: async (page) => {
      await page.getByRole('button', { name: 'Change Disk is filling' }).click();
      await page.waitForSelector('[role=dialog] textarea');
    },
  },
  {
    name: 'alert-channel',
    path: () => '/setup/alerts',
    role: 'operator',
    ready: 'table tbody tr',
    act: async (page) => {
      await page.getByRole('button', { name: 'Add a channel…' }).click();
      await page.waitForSelector('[role=dialog] select');
    },
  },
  { name: 'deviations', path: () => '/deviations', ready: 'main' },
  { name: 'tasks', path: () => '/tasks', ready: 'main' },
  { name: 'workflows', path: () => '/workflows', ready: 'table tbody tr' },
  {
    name: 'workflow-form',
    path: () => '/workflows/new?shipped=milestone-slip',
    ready: '[aria-expanded]',
    act: async (page) => {
      await page.getByRole('button', { name: /^▸? ?late / }).click();
      await page.getByLabel('A further step').selectOption({ label: 'ask people for approval' });
      await page.getByRole('button', { name: 'Add', exact: true }).click();
      await page.getByRole('button', { name: 'Check' }).click();
      await page.waitForSelector('[role=alert] li');
    },
  },
  {
    name: 'workflow-new',
    path: () => '/workflows/new?shipped=milestone-slip&as=yaml',
    ready: 'textarea',
    act: async (page) => {
      await page.getByRole('button', { name: 'Check' }).click();
      await page.getByRole('button', { name: 'Save…' }).waitFor();
    },
  },
  {
    name: 'workflow-complete',
    path: () => '/workflows/new?as=yaml',
    ready: 'textarea',
    act: async (page) => {
      const text = page.getByRole('textbox', { name: 'The workflow, as YAML' });
      await text.fill('name: my-workflow\nrecord: poam\nwhen: poam.open && ');
      await text.pressSequentially('poam.');
      await page.getByRole('option').first().waitFor();
    },
  },
  {
    name: 'workflow-wrong',
    path: () => '/workflows/new?as=yaml',
    ready: 'textarea',
    act: async (page) => {
      const text = page.getByRole('textbox', { name: 'The workflow, as YAML' });
      await text.fill((await text.inputValue()).replace('poam.open', 'poam.opne').replace('notify', 'notfy'));
      await page.getByRole('button', { name: 'Check' }).click();
      await page.waitForSelector('[role=alert] li');
    },
  },
  {
    name: 'workflow-form-complete',
    path: () => '/workflows/new',
    ready: '[aria-expanded]',
    act: async (page) => {
      const condition = page.getByRole('textbox', { name: 'Only where' }).first();
      await condition.fill('poam.open && ');
      await condition.pressSequentially('poam.');
      await page.getByRole('listbox').waitFor();
    },
  },
  {
    name: 'workflow',
    path: () => '/workflows/new?shipped=vendor-check-in',
    ready: '[aria-expanded]',
    act: async (page) => {
      await page.getByRole('button', { name: 'Check' }).click();
      await page.getByRole('button', { name: 'Save…' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
      await page.getByLabel('The workflow as YAML').waitFor();
    },
  },
  { name: 'workflow-runs', path: () => '/workflow-runs', ready: 'main' },
  {
    name: 'task-new',
    path: () => '/tasks',
    ready: 'main',
    act: async (page) => {
      await page.getByRole('button', { name: 'New task…' }).click();
      await page.waitForSelector('[role=dialog] select');
    },
  },
  { name: 'reviews', path: () => '/reviews', ready: 'main' },
  ...setupPages,
  { name: 'systems', path: () => '/systems', ready: rows },
  { name: 'system', path: (ids) => `/systems/${ids.system}`, ready: 'dl' },
  { name: 'system-poams', path: (ids) => `/systems/${ids.system}/poams`, ready: rows },
  { name: 'system-waits', path: (ids) => `/systems/${ids.system}/waits`, ready: 'li' },
  { name: 'assets', path: () => '/assets', ready: rows },
  {
    name: 'asset',
    path: () => '/assets',
    ready: rows,
    act: async (page) => {
      await page.click('[role="row"][data-index="0"] [data-column="name"] a');
      await page.waitForSelector('dl');
    },
  },
  { name: 'findings', path: () => '/findings?severity=Critical,High&first=..30d', role: 'issm', ready: rows },
  {
    name: 'finding-drawer',
    path: () => '/findings?system=!none',
    ready: rows,
    act: async (page) => {
      await page.click('[role="row"][data-index="0"] [data-column="state"]');
      await page.waitForSelector('aside h2');
    },
  },
  {
    name: 'findings-selected',
    path: () => '/findings?state=open',
    ready: rows,
    act: async (page) => {
      await page.click('[role="row"][data-index="0"] [data-check]');
      await page.keyboard.down('Shift');
      await page.click('[role="row"][data-index="3"] [data-check]');
      await page.keyboard.up('Shift');
      await page.click('[data-list-add-filter]');
    },
  },
  {
    name: 'findings-grouped',
    path: () => '/findings?group=plugin',
    ready: 'table tbody tr',
    act: (page) => page.click('main button[aria-expanded="false"]'),
  },
  { name: 'findings-empty', path: () => '/findings?q=nothing-like-this&severity=Critical', ready: 'h2' },
  { name: 'dashboard', path: () => '/dashboards', ready: '[class*=tile] svg, [class*=tile] p' },
  { name: 'dashboard-exposure', path: () => '/dashboards/exposure', ready: '[class*=tile] p' },
  {
    name: 'dashboard-editor',
    path: () => '/dashboards',
    ready: '[class*=tile] p',
    act: async (page) => {
      await page.getByRole('button', { name: 'Make your own from it…' }).click();
      await page.waitForSelector('[role=dialog] ol li');
    },
  },
  {
    name: 'dashboard-leaving',
    path: () => '/dashboards',
    ready: '[class*=tile] p',
    act: async (page) => {
      await page.getByRole('button', { name: 'Export', exact: true }).click();
      await page.getByRole('menuitem', { name: 'As PDF, with recipient and purpose…' }).click();
      await page.getByLabel('Recipient').waitFor();
    },
  },
  { name: 'metrics', path: () => '/metrics', ready: 'table tbody tr' },
  { name: 'metric', path: () => '/metrics/open-findings', ready: 'main svg[role=img]' },
  {
    name: 'metric-target',
    path: () => '/metrics/open-findings',
    ready: 'main svg[role=img]',
    act: async (page) => {
      await page.getByRole('button', { name: 'Set a target…' }).click();
      await page.waitForSelector('[role=dialog] select');
    },
  },
  {
    name: 'metric-records',
    path: () => '/metrics/open-findings?by=severity&show=records',
    ready: 'main section table tbody tr',
  },
  { name: 'reports', path: () => '/reports', ready: 'table tbody tr' },
  {
    name: 'report-schedule',
    path: () => '/reports',
    ready: 'table tbody tr',
    act: (page) => page.getByText('Schedule it…').click(),
  },
  { name: 'intelligence', path: () => '/intelligence', ready: 'table tbody tr' },
  {
    name: 'asset-risk',
    path: (ids) => `/assets/${ids.asset}/risk`,
    ready: 'table tbody tr',
  },
  { name: 'plugin', path: (ids) => `/plugins/${ids.plugin}`, ready: rows },
  { name: 'finding', path: (ids) => `/findings/${ids.finding}` },
  { name: 'conflicts', path: () => '/conflicts', role: 'issm', ready: rows },
  {
    name: 'conflict-drawer',
    path: () => '/conflicts',
    ready: rows,
    act: async (page) => {
      await page.click('[role="row"][data-index="0"] [data-column="type"]');
      await page.waitForSelector('aside section');
    },
  },
  { name: 'conflict', path: (ids) => `/conflicts/${ids.conflict}`, ready: 'main section' },
  { name: 'approvals', path: () => '/approvals', ready: '[role="row"][data-index="0"]' },
  { name: 'approval', path: (ids) => `/approvals/${ids.approval}`, ready: '[data-group]' },
  { name: 'approval-request', path: (ids) => `/approvals/${ids.request}`, ready: 'main table' },
  { name: 'plans', path: () => '/plans' },
  { name: 'plan', path: ({ plan }) => `/plans/${plan}` },
  { name: 'matches', path: () => '/matches', ready: rows },
  { name: 'match', path: (ids) => `/matches/${ids.match}` },
  { name: 'imports', path: () => '/imports', ready: rows },
  { name: 'import', path: (ids) => `/imports/${ids.import}` },
  { name: 'poam-file', path: (ids) => `/poam-files/${ids.poamFile}`, ready: 'table tbody tr' },
  { name: 'sync', path: () => '/sync' },
  { name: 'runs', path: () => '/sync/runs', ready: rows },
  { name: 'schedules', path: () => '/sync/schedules' },
  { name: 'performance', path: () => '/sync/performance', role: 'operator', ready: 'table tbody tr' },
  { name: 'calls', path: () => '/sync/calls', ready: rows },
  { name: 'connections', path: () => '/connections', role: 'operator' },
  { name: 'connection', path: () => '/connections/tenable-lab', role: 'operator' },
  { name: 'connection-settings', path: () => '/connections/xacta/settings', role: 'operator' },
  { name: 'connection-new', path: () => '/connections/new', role: 'operator' },
  { name: 'mappings', path: () => '/setup/mappings' },
  { name: 'users', path: () => '/users', role: 'admin', ready: rows },
  { name: 'sign-in-rules', path: () => '/sign-in-rules', role: 'admin', ready: 'table tbody tr' },
  { name: 'grants', path: () => '/grants', role: 'admin', ready: rows },
  { name: 'tokens', path: () => '/tokens', role: 'admin' },
  { name: 'roles', path: () => '/roles', role: 'admin' },
  { name: 'asset-exposure', path: (ids) => `/assets/${ids.asset}/exposure` },
  { name: 'asset-sources', path: (ids) => `/assets/${ids.asset}/sources` },
  { name: 'asset-identity', path: (ids) => `/assets/${ids.asset}/identity` },
  { name: 'asset-business', path: (ids) => `/assets/${ids.asset}/business` },
  { name: 'asset-history', path: (ids) => `/assets/${ids.asset}/history` },
  { name: 'home-operator', path: () => '/', role: 'operator' },
  { name: 'home-auditor', path: () => '/', role: 'auditor' },
  { name: 'home-analyst', path: () => '/', role: 'analyst' },
  { name: 'outbox', path: () => '/sync/outbox', ready: rows },
  { name: 'outbox-change', path: (ids) => `/sync/outbox/${ids.outbox}`, ready: 'dl' },
  {
    name: 'operation',
    path: (ids) => `/operations/${ids.operation}`,
    ready: 'table tbody tr',
  },
  {
    name: 'operation-changes',
    path: (ids) => `/operations/${ids.operation}/changes`,
    ready: 'table tbody tr',
  },
  { name: 'forbidden', path: () => '/findings', role: 'admin', ready: 'h1' },
  { name: 'sign-in', path: () => '/sign-in', role: null, ready: 'button' },
  {
    name: 'sign-in-ways',
    path: () => '/sign-in',
    ready: 'button',
    act: async (page) => {
      await page.waitForSelector('input');
    },
  },
  {
    name: 'palette',
    path: () => '/findings',
    ready: rows,
    act: async (page) => {
      await page.keyboard.press('Control+k');
      await page.waitForSelector('input[placeholder^="A page"]');
      await page.keyboard.type('web0');
      await page.waitForTimeout(800);
    },
  },
  {
    name: 'keys',
    path: () => '/findings',
    ready: rows,
    act: async (page) => {
      await page.keyboard.press('Shift+?');
      await page.waitForSelector('[role="dialog"]');
    },
  },
];
