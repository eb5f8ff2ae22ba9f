import { Link } from '@tanstack/react-router';
import { ListWithDetail } from '../../kit/detail/list-with-detail.tsx';
import { ListPage } from '../../kit/list/list-page.tsx';
import { poamList } from './poam-list.tsx';
import { words } from './words.ts';

export const PoamsPage = () => (
  <ListWithDetail param="poamId">
    {(open, drawer) => (
      <ListPage
        spec={poamList}
        title={words.title}
        openKey={open}
        drawer={drawer}
        tools={<Link to="/poams/board">Board by due date</Link>}
      />
    )}
  </ListWithDetail>
);
