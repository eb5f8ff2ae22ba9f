/** What the list and the page of plans share. */
import type { Plan } from '../../api/sync.ts';
import { dangerOrder, dangerTitle, mustBeViewed } from '../approvals/words.ts';

export const planName = ({ planId }: Pick<Plan, 'planId'>): string => planId.slice(0, 8);

/** How many of each danger, the most dangerous first; none are left out. */
export const DangerWords = ({ of }: { readonly of: Plan }) => {
  const counts = dangerOrder
    .map((danger) => ({ danger, count: of.dangers[danger as keyof Plan['dangers']] })) // its own keys
    .filter(({ count }) => count > 0);
  if (counts.length === 0) return <span className="quiet">nothing to do</span>;
  return (
    <>
      {counts.map(({ danger, count }, at) => (
        <span key={danger} className={mustBeViewed.has(danger) ? 'bad strong' : ''}>
          {at === 0 ? '' : ' · '}
          {dangerTitle(danger)}: {count.toLocaleString('en')}
        </span>
      ))}
    </>
  );
};
