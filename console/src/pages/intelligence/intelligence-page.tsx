import detail from '../../kit/detail/detail.module.css';
import { Section } from '../../kit/detail/facts.tsx';
import { PageTitle } from '../../kit/page-title.tsx';
import { CveSearchPart } from './cve-search.tsx';
import { FeedsTable } from './feeds-table.tsx';
import { words } from './words.ts';

/** What the world knows of vulnerabilities: the feeds that are loaded, and what they say of a CVE. */
export const IntelligencePage = () => (
  <div className={detail['page']}>
    <PageTitle title={words.title} />
    <Section title="Feeds">
      <FeedsTable />
    </Section>
    <Section title="CVEs">
      <CveSearchPart />
    </Section>
  </div>
);
