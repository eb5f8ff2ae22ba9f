import { ListWithDetail } from '../../kit/detail/list-with-detail.tsx';
import { ListPage } from '../../kit/list/list-page.tsx';
import { matchList } from './match-list.tsx';
import { words } from './words.ts';

export const MatchesPage = () => (
  <ListWithDetail param="matchId">
    {(open, drawer) => <ListPage spec={matchList} title={words.title} openKey={open} drawer={drawer} />}
  </ListWithDetail>
);
