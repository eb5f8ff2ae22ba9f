import { ListPage } from '../../kit/list/list-page.tsx';
import { systemList } from './system-list.tsx';
import { words } from './words.ts';

export const SystemsPage = () => <ListPage spec={systemList} title={words.title} />;
