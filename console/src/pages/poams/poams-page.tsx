import { Link } from '@tanstack/react-router';
import { ListWithDetail } from '../../kit/detail/list-with-detail.tsx';
import { ListPage } from '../../kit/list/list-page.tsx';
import { useListState } from '../../kit/list/list-state.ts';
import type { Selection } from '../../kit/list/selection.ts';
import { useMay } from '../../shell/use-session.ts';
import { ReviewMany } from '../reviews/review-poams.tsx';
import { EditMany } from './edit-many.tsx';
import { poamList } from './poam-list.tsx';
import { words } from './words.ts';

const Bulk = ({ selection }: { readonly selection: Selection }) => (
  <>
    <EditMany selection={selection} />
    <ReviewMany selection={selection} filters={useListState().filters} />
  </>
);

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
          tools={
            <>
              <Link to="/reviews">Late reviews</Link>
              <Link to="/poams/board">Board by due date</Link>
            </>
          }
          {...(mayEdit ? { bulk: (selection) => <Bulk selection={selection} /> } : {})}
        />
      )}
    </ListWithDetail>
  );
};
