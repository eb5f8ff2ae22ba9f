import { ListPage } from '../../kit/list/list-page.tsx';
import { operationList } from './operation-list.tsx';
import { SyncNav } from './sync-nav.tsx';

export const RunsPage = () => (
  <ListPage spec={operationList} title="Runs and changes" nav={<SyncNav current="/sync/runs" />} />
);
