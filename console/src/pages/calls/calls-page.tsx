import { ListPage } from '../../kit/list/list-page.tsx';
import { callList } from './call-list.tsx';
import { SyncNav } from '../sync/sync-nav.tsx';

export const CallsPage = () => (
  <ListPage spec={callList} title="Calls to the other sides" nav={<SyncNav current="/sync/calls" />} />
);
