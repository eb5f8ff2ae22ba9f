import { useRouter, useSearch } from '@tanstack/react-router';
import { ListWithDetail } from '../../kit/detail/list-with-detail.tsx';
import { ListPage } from '../../kit/list/list-page.tsx';
import { findingList } from './finding-list.tsx';
import { useMay } from '../../shell/use-session.ts';
import { PlanMany } from './plan-work.tsx';
import { FindingGroups, groupNames, isGroup } from './finding-groups.tsx';
import styles from './findings.module.css';
import { SeverityStrip } from './severity-strip.tsx';
import { words } from './words.ts';

const GroupChoice = ({ chosen }: { readonly chosen: string | undefined }) => {
  const router = useRouter();
  return (
    <label>
      <span className="quiet">Group by </span>
      <select
        className={styles['select']}
        value={chosen ?? ''}
        onChange={(event) =>
          void router.navigate({
            to: '/findings',
            search: (before) => ({
              ...before,
              from: undefined,
              group: event.currentTarget.value || undefined,
            }),
          })
        }
      >
        <option value="">nothing</option>
        {Object.entries(groupNames).map(([group, title]) => (
          <option key={group} value={group}>
            {title}
          </option>
        ))}
      </select>
    </label>
  );
};

export const FindingsPage = () => {
  const { group } = useSearch({ strict: false });
  const mayPlan = useMay('remediation:write');
  return (
    <ListWithDetail param="findingKey">
      {(open, drawer) => (
        <ListPage
          spec={findingList}
          title={words.title}
          openKey={open}
          drawer={drawer}
          {...(mayPlan ? { bulk: (selection) => <PlanMany selection={selection} /> } : {})}
          tools={<GroupChoice chosen={group} />}
          strip={(state) => <SeverityStrip state={state} noun="findings" />}
          {...(isGroup(group)
            ? { instead: (state, filters) => <FindingGroups group={group} filters={filters} state={state} /> }
            : {})}
        />
      )}
    </ListWithDetail>
  );
};
