/** The pages and states that pictures are taken of. */
import type { Page } from 'playwright-core';

export interface Shot {
  readonly name: string;
  readonly path: string;
  /** Signs in as this role of the demo first. */
  readonly role?: string;
  /** A selector that is there when the page is. */
  readonly ready?: string;
  readonly act?: (page: Page) => Promise<void>;
}

const rows = '[role="row"][data-index="3"]';

export const pages: readonly Shot[] = [
  { name: 'home', path: '/', role: 'issm', ready: 'table tbody tr' },
  { name: 'poams', path: '/poams?open=yes&due=..30d', ready: rows },
  { name: 'poam', path: '/poams/POAM-2026-0003', ready: 'table tbody tr' },
  {
    name: 'poam-edit',
    path: '/poams/POAM-2026-0003',
    ready: '[data-edit]',
    act: async (page) => {
      await page.click('[aria-label="Edit Scheduled completion"]');
      await page.waitForSelector('input[type=date]');
    },
  },
  { name: 'poam-weaknesses', path: '/poams/POAM-2026-0003/weaknesses', ready: 'table tbody tr' },
  { name: 'poam-history', path: '/poams/POAM-2026-0003/history', ready: 'table tbody tr' },
  { name: 'poam-findings', path: '/poams/POAM-2026-0003/findings', ready: rows },
  { name: 'board', path: '/poams/board', ready: 'li' },
  { name: 'milestones', path: '/milestones', ready: rows },
  { name: 'systems', path: '/systems', ready: rows },
  { name: 'system', path: '/systems/SYS-001', ready: 'dl' },
  { name: 'system-poams', path: '/systems/SYS-001/poams', ready: rows },
  { name: 'system-waits', path: '/systems/SYS-001/waits', ready: 'li' },
  { name: 'assets', path: '/assets', ready: rows },
  {
    name: 'asset',
    path: '/assets',
    ready: rows,
    act: async (page) => {
      await page.click('[role="row"][data-index="2"] [data-column="name"] a');
      await page.waitForSelector('dl');
    },
  },
  { name: 'findings', path: '/findings?severity=Critical,High&first=..30d', role: 'issm', ready: rows },
  {
    name: 'finding-drawer',
    path: '/findings',
    ready: rows,
    act: async (page) => {
      await page.click('[role="row"][data-index="2"] [data-column="state"]');
      await page.waitForSelector('aside pre');
    },
  },
  {
    name: 'findings-selected',
    path: '/findings?state=open',
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
    path: '/findings?group=plugin',
    ready: 'table tbody tr',
    act: (page) => page.click('button[aria-expanded="false"]'),
  },
  { name: 'findings-empty', path: '/findings?q=nothing-like-this&severity=Critical', ready: 'h2' },
  { name: 'plugin', path: '/plugins/156032', ready: rows },
  {
    name: 'finding',
    path: '/findings',
    ready: rows,
    act: async (page) => {
      await page.click('[role="row"][data-index="2"] [data-column="name"] a');
      await page.waitForSelector('main pre');
    },
  },
  { name: 'conflicts', path: '/conflicts', role: 'issm', ready: rows },
  {
    name: 'conflict-drawer',
    path: '/conflicts',
    ready: rows,
    act: async (page) => {
      await page.click('[role="row"][data-index="2"] [data-column="type"]');
      await page.waitForSelector('aside section');
    },
  },
  { name: 'conflict', path: '/conflicts/5', ready: 'main section' },
  { name: 'approvals', path: '/approvals', ready: '[role="row"][data-index="2"]' },
  { name: 'approval', path: '/approvals/0b4c6d2e-0000-4000-8000-000000000000', ready: '[data-group]' },
  {
    name: 'approval-step-up',
    path: '/approvals/0b4c6d2e-0000-4000-8000-000000000000',
    ready: '[data-group]',
    act: async (page) => {
      await page.keyboard.press('v');
      await page.keyboard.press('v');
      await page.click('text=Approve…');
      await page.click('[role="dialog"] button[type="submit"]');
      await page.waitForSelector('input[type="password"]');
    },
  },
  { name: 'sync', path: '/sync', ready: rows },
  { name: 'sync-job', path: '/sync?job=job-1', ready: rows },
  { name: 'outbox', path: '/sync/outbox', ready: rows },
  { name: 'outbox-change', path: '/sync/outbox/3', ready: 'dl' },
  {
    name: 'operation',
    path: '/operations/4f0c0000-0000-4000-8000-000000000001',
    ready: 'table tbody tr',
  },
  {
    name: 'operation-changes',
    path: '/operations/4f0c0000-0000-4000-8000-000000000001/changes',
    ready: 'table tbody tr',
  },
  { name: 'forbidden', path: '/findings', role: 'admin', ready: 'h1' },
  { name: 'sign-in', path: '/sign-in', role: 'issm', ready: 'button' },
  {
    name: 'sign-in-ways',
    path: '/sign-in',
    ready: 'button',
    act: async (page) => {
      await page.click('text=I have read this');
      await page.waitForSelector('input');
    },
  },
  {
    name: 'palette',
    path: '/findings',
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
    path: '/findings',
    ready: rows,
    act: async (page) => {
      await page.keyboard.press('Shift+?');
      await page.waitForSelector('[role="dialog"]');
    },
  },
];
