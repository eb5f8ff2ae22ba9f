/** The pages and states that pictures are taken of. */
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

const rows = '[role="row"][data-index="0"]';

export const pages: readonly Shot[] = [
  { name: 'home', path: () => '/', role: 'issm', ready: 'table tbody tr' },
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
  { name: 'poam-weaknesses', path: (ids) => `/poams/${ids.poam}/weaknesses`, ready: 'table tbody tr' },
  { name: 'poam-milestones', path: (ids) => `/poams/${ids.poam}/milestones`, ready: 'table tbody tr' },
  { name: 'poam-history', path: (ids) => `/poams/${ids.poam}/history`, ready: 'table tbody tr' },
  { name: 'poam-findings', path: (ids) => `/poams/${ids.poam}/findings`, ready: rows },
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
  { name: 'deviations', path: () => '/deviations', ready: 'main' },
  { name: 'board', path: () => '/poams/board', ready: 'li' },
  { name: 'milestones', path: () => '/milestones', ready: rows },
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
  { name: 'plans', path: () => '/plans' },
  { name: 'plan', path: ({ plan }) => `/plans/${plan}` },
  { name: 'matches', path: () => '/matches', ready: rows },
  { name: 'match', path: (ids) => `/matches/${ids.match}` },
  { name: 'imports', path: () => '/imports', ready: rows },
  { name: 'import', path: (ids) => `/imports/${ids.import}` },
  { name: 'sync', path: () => '/sync' },
  { name: 'runs', path: () => '/sync/runs', ready: rows },
  { name: 'schedules', path: () => '/sync/schedules' },
  { name: 'calls', path: () => '/sync/calls', ready: rows },
  { name: 'connections', path: () => '/connections', role: 'operator' },
  { name: 'connection', path: () => '/connections/tenable-lab', role: 'operator' },
  { name: 'connection-settings', path: () => '/connections/xacta/settings', role: 'operator' },
  { name: 'connection-new', path: () => '/connections/new', role: 'operator' },
  { name: 'mappings', path: () => '/setup/mappings' },
  { name: 'users', path: () => '/users', role: 'admin', ready: rows },
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
