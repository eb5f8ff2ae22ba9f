import { entity as entityOf, isEntity } from '../../record/entities/index.ts';

/** What the steps of a run are called that read no entity. */
const stepTitles: Readonly<Record<string, string>> = {
  settle: 'settle what is in flight',
  asset_context: 'business context of assets',
  correlate: 'match assets to components',
  weaknesses: 'turn weaknesses into POA&Ms',
  evidence: 'look for evidence to send',
  edits: 'look for edits made here',
  tags: 'look for tags to set',
  approvals: 'ask for approval',
  send: 'send changes',
};

/** What a step of a run is called. */
export const stepTitle = (step: string): string =>
  stepTitles[step] ?? (isEntity(step) ? `read ${entityOf(step).title.many}` : step);
