import { Link } from '@tanstack/react-router';
import { ListWithDetail } from '../../kit/detail/list-with-detail.tsx';
import { ListPage } from '../../kit/list/list-page.tsx';
import { useMay } from '../../shell/use-session.ts';
import { EditMany } from './edit-many.tsx';
import { poamList } from './poam-list.tsx';
import { words } from './words.ts';

export const PoamsPage = () => {
  const mayEdit = useMay('poam:write');
  return (
    <ListWithDetail param="poamId">
      {(open, drawer) => (
        <ListPage
          spec={poamList}
          title={words.title}
          openKey={open}
          drawer={drawer}
          tools={<Link to="/poams/board">Board by due date</Link>}
          {...(mayEdit ? { bulk: (selection) => <EditMany selection={selection} /> } : {})}
        />
      )}
    </ListWithDetail>
  );
};
