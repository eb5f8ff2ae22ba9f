import { ListWithDetail } from '../../kit/detail/list-with-detail.tsx';
import { ListPage } from '../../kit/list/list-page.tsx';
import { useMay } from '../../shell/use-session.ts';
import { conflictList } from './conflict-list.tsx';
import { SettleMany } from './settle-many.tsx';
import { words } from './words.ts';

export const ConflictsPage = () => {
  const maySettle = useMay('conflict:resolve');
  return (
    <ListWithDetail param="conflictId">
      {(open, drawer) => (
        <ListPage
          spec={conflictList}
          title={words.title}
          openKey={open}
          drawer={drawer}
          {...(maySettle ? { bulk: (selection) => <SettleMany selection={selection} /> } : {})}
        />
      )}
    </ListWithDetail>
  );
};
