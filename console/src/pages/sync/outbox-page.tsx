import { Link } from '@tanstack/react-router';
import { ListWithDetail } from '../../kit/detail/list-with-detail.tsx';
import { ListPage } from '../../kit/list/list-page.tsx';
import { outboxList } from './outbox-list.tsx';
import { words } from './words.ts';

export const OutboxPage = () => (
  <ListWithDetail param="changeId">
    {(open, drawer) => (
      <ListPage
        spec={outboxList}
        title={words.outbox}
        openKey={open}
        drawer={drawer}
        tools={<Link to="/sync">Runs</Link>}
      />
    )}
  </ListWithDetail>
);
