import detailStyles from '../../kit/detail/detail.module.css';
import { PageTitle } from '../../kit/page-title.tsx';
import { LastSignIn } from '../home/last-sign-in.tsx';
import { OwnFactors } from './own-factors.tsx';

export const OwnSignInPage = () => (
  <div className={detailStyles['page']}>
    <PageTitle title="Your sign-in" />
    <LastSignIn />
    <OwnFactors />
  </div>
);
