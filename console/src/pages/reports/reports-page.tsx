/** On paper, signed, repeatable: what can be made, what was made, and whether a file is one of them. */
import { Button } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { reportsQuery, templatesQuery, verifyFile } from '../../api/work/reports.ts';
import detail from '../../kit/detail/detail.module.css';
import { Section } from '../../kit/detail/facts.tsx';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { tellProblem } from '../../kit/notice.tsx';
import { PageTitle } from '../../kit/page-title.tsx';
import { MadeTable } from './made-table.tsx';
import { MakeForm } from './make-form.tsx';
import styles from './reports.module.css';
import { SchedulesTable } from './schedules-table.tsx';

type Verified = Awaited<ReturnType<typeof verifyFile>>;

const Verify = () => {
  const [verified, setVerified] = useState<Verified & { readonly file: string }>();
  const check = async (file: File | undefined): Promise<void> => {
    setVerified(undefined);
    if (!file) return;
    try {
      setVerified({ ...(await verifyFile(file)), file: file.name });
    } catch (error) {
      tellProblem('The file was not compared', error);
    }
  };
  const [latest] = verified?.reports ?? [];
  return (
    <div className={styles['form']}>
      <p>
        Check that a file you were given came from here unchanged. It is hashed in your browser and compared
        with the reports made here; the file itself is not sent.
      </p>
      <label>
        File
        <input type="file" onChange={(event) => void check(event.currentTarget.files?.[0])} />
      </label>
      {verified === undefined ? null : (
        <p role="status" className={latest ? 'good' : 'bad'}>
          {latest
            ? `${verified.file} is genuine: ${latest.title}, ${latest.boundary ?? 'all boundaries'}, made by ${latest.by ?? 'an unknown account'} on ${String(latest.at).slice(0, 10)}.`
            : `${verified.file} is not a report made here: it was changed, comes from elsewhere, or covers systems that you may not see.`}
        </p>
      )}
      {verified === undefined ? null : <p className="quiet mono">SHA-256 {verified.sha256}</p>}
    </div>
  );
};

export const ReportsPage = () => {
  const templates = useQuery(templatesQuery);
  const made = useInfiniteQuery(reportsQuery);
  return (
    <div className={detail['page']}>
      <PageTitle title="Reports" />
      <Loaded query={templates}>
        {({ items }) => {
          const makeable = items.filter(({ isShipped, mayMake }) => isShipped && mayMake);
          const scheduled = items.filter(({ schedule }) => schedule !== null);
          return (
            <>
              <div className={styles['columns']}>
                {makeable.length === 0 ? null : (
                  <Section title="Make a report">
                    <MakeForm templates={makeable} />
                  </Section>
                )}
                <Section title="Check a file">
                  <Verify />
                </Section>
              </div>
              {scheduled.length === 0 ? null : (
                <Section title="Schedules">
                  <SchedulesTable items={scheduled} />
                </Section>
              )}
            </>
          );
        }}
      </Loaded>
      <Section title="Made so far">
        <Loaded query={made}>
          {({ pages }) => <MadeTable items={pages.flatMap(({ items }) => items)} />}
        </Loaded>
        {made.hasNextPage ? (
          <Button
            variant="default"
            mt={8}
            loading={made.isFetchingNextPage}
            onClick={() => void made.fetchNextPage()}
          >
            Older reports
          </Button>
        ) : null}
      </Section>
    </div>
  );
};
