import { ListPage } from '../../kit/list/list-page.tsx';
import { deviationList } from './deviation-list.tsx';
import { words } from './words.ts';

export const DeviationsPage = () => <ListPage spec={deviationList} title={words.title} />;
