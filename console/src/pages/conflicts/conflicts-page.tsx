import { ListWithDetail } from '../../kit/detail/list-with-detail.tsx';
import { ListPage } from '../../kit/list/list-page.tsx';
import { conflictList } from './conflict-list.tsx';
import { words } from './words.ts';

export const ConflictsPage = () => (
  <ListWithDetail param="conflictId">
    {(open, drawer) => <ListPage spec={conflictList} title={words.title} openKey={open} drawer={drawer} />}
  </ListWithDetail>
);
