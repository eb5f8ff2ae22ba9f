import { ListWithDetail } from '../../kit/detail/list-with-detail.tsx';
import { ListPage } from '../../kit/list/list-page.tsx';
import { SyncNav } from './sync-nav.tsx';
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
        nav={<SyncNav current="/sync/outbox" />}
      />
    )}
  </ListWithDetail>
);
