/** The pages of what is set up: policies, rules, people. */
import type { Shot } from './shot.ts';

const rows = '[role="row"][data-index="0"]';

export const setupPages: readonly Shot[] = [
  { name: 'due-policies', path: () => '/setup/due-policies', ready: 'table tbody tr' },
  {
    name: 'due-policy-bod',
    path: () => '/setup/due-policies/policy/cisa-bod-26-04',
    ready: 'table tbody tr',
  },
  { name: 'due-policy-vdr', path: () => '/setup/due-policies/policy/fedramp-vdr', ready: 'table tbody tr' },
  {
    name: 'due-policy-use',
    path: (ids) => `/systems/${ids.system}/policies`,
    ready: 'table tbody tr',
    act: async (page) => {
      await page.getByRole('button', { name: 'Set FedRAMP Rev 5 continuous monitoring' }).click();
      await page.getByLabel('Whether it applies').selectOption('yes');
      await page.getByRole('button', { name: 'Show what it would move' }).click();
      await page.waitForSelector('[role=dialog] [role=status]');
    },
  },
  { name: 'due-unanswered', path: () => '/setup/due-policies/unanswered', ready: 'main p' },
  { name: 'due-calendar', path: () => '/setup/due-policies/calendar', ready: 'table tbody tr' },
  { name: 'system-policies', path: (ids) => `/systems/${ids.system}/policies`, ready: 'table tbody tr' },
  { name: 'system-controls', path: (ids) => `/systems/${ids.system}/controls`, ready: 'table tbody tr' },
  { name: 'control', path: (ids) => `/systems/${ids.system}/controls/SI-2`, ready: 'table tbody tr' },
  { name: 'deciders', path: () => '/setup/deciders', ready: 'table tbody tr' },
  {
    name: 'decider-rule',
    path: () => '/setup/deciders',
    ready: 'table tbody tr',
    act: async (page) => {
      await page.getByRole('button', { name: 'Add a rule…' }).click();
      await page.waitForSelector('[role=dialog] select');
    },
  },
  { name: 'control-rules', path: () => '/setup/control-rules', ready: 'table tbody tr' },
  { name: 'identities', path: () => '/identities', role: 'admin', ready: 'main p' },
  {
    name: 'group-grant',
    path: () => '/identities',
    role: 'admin',
    ready: 'main p',
    act: async (page) => {
      await page.getByRole('button', { name: 'Give a group a grant…' }).click();
      await page.waitForSelector('[role=dialog] select');
    },
  },
  {
    name: 'token-make',
    path: () => '/tokens',
    role: 'admin',
    act: async (page) => {
      await page.getByRole('button', { name: /Make a token/ }).click();
      await page.waitForSelector('[role=dialog] fieldset, [role=dialog] input');
    },
  },
  { name: 'own-sign-in', path: () => '/your-sign-in' },
  { name: 'teams', path: () => '/teams', role: 'admin', ready: 'main p' },
  { name: 'board', path: () => '/poams/board', ready: 'li' },
  { name: 'milestones', path: () => '/milestones', ready: rows },
  { name: 'rules', path: () => '/setup/rules', ready: 'table tbody tr' },
  { name: 'rule', path: () => '/setup/rules/inherited', ready: 'table tbody tr' },
  {
    name: 'rule-preview',
    path: (ids) => `/setup/rules/boundary/${ids.system}`,
    ready: 'form, select',
    act: async (page) => {
      await page.getByLabel('Least severity').selectOption('Medium');
      await page.getByRole('button', { name: 'Show what it would change' }).click();
      await page.getByRole('heading', { name: 'What it would change' }).waitFor();
    },
  },
  {
    name: 'rule-preview-texts',
    path: (ids) => `/setup/rules/boundary/${ids.system}`,
    ready: 'form, select',
    act: async (page) => {
      await page.getByText('What a POA&M says: description').click();
      await page.getByLabel('Plan').fill('Patch {machines} with {solution}');
      await page.getByRole('button', { name: 'Show what it would change' }).click();
      await page.getByRole('heading', { name: 'What it would change' }).scrollIntoViewIfNeeded();
    },
  },
];
