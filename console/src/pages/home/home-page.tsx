import { PageTitle } from '../../kit/page-title.tsx';

export const HomePage = () => <PageTitle title="Home" />;
