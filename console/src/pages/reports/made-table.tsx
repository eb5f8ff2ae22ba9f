/** Reports that were made: of what, by whom, their hash, what could not be said; and their files. */
import { Button } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { type ReportRow, saveReport } from '../../api/work/reports.ts';
import { CopyButton } from '../../kit/copy-button.tsx';
import detail from '../../kit/detail/detail.module.css';
import { LeavingDialog, leavingQuery } from '../../kit/act/leaving.tsx';
import { At } from '../../kit/marks/when.tsx';
import { tellProblem } from '../../kit/notice.tsx';
import { sizeWords } from '../imports/words.ts';
import styles from './reports.module.css';
import { mailWords, noteWords, states, toldWords } from './words.ts';

const Notes = ({ of }: { readonly of: ReportRow['notes'] }) =>
  of.length === 0 ? null : (
    <details>
      <summary className="attention">
        {of.length === 1 ? '1 thing' : `${of.length} things`} to look at
      </summary>
      <ul className={styles['notes']}>
        {of.map(({ code, subject, detail: more, sheet, cell, field }, index) => (
          <li key={`${code} ${subject} ${index}`}>
            <span className="mono">
              {cell === undefined ? '' : `${sheet ?? ''}!${cell} `}
              {subject}
            </span>
            : {noteWords(code)}
            {field === undefined && more === undefined
              ? ''
              : ` (${[field, more].filter((each) => each !== undefined).join(': ')})`}
          </li>
        ))}
      </ul>
    </details>
  );

const Hash = ({ title, of }: { readonly title: string; readonly of: string | null }): ReactNode =>
  of === null ? null : (
    <div className="quiet" style={{ whiteSpace: 'nowrap' }}>
      {title} <span className="mono">{of.slice(0, 12)}</span> <CopyButton text={of} what={title} />
    </div>
  );

const Recipient = ({ of }: { readonly of: ReportRow['recipients'][number] }) => {
  const isWell = (of.outcome === 'told' || of.outcome === 'disclosed') && of.mail !== 'failed';
  const words = [
    toldWords[of.outcome] + (of.isAttached ? ', with the file' : ''),
    mailWords[of.mail ?? ''],
    of.openedAt === null ? undefined : `opened ${of.openedAt.slice(0, 10)}`,
  ];
  return (
    <div className={isWell ? 'quiet' : 'attention'}>
      {of.recipient}: {words.filter((each) => each !== undefined).join('; ')}
    </div>
  );
};

const File = ({ of }: { readonly of: ReportRow }) => {
  const [isLeaving, setIsLeaving] = useState(false);
  return (
    <>
      <Button
        variant="default"
        size="compact-xs"
        onClick={() =>
          void saveReport(of).catch((error: unknown) => tellProblem('The file was not downloaded', error))
        }
      >
        Download
      </Button>
      <div>
        <Button variant="subtle" size="compact-xs" onClick={() => setIsLeaving(true)}>
          For outside…
        </Button>
      </div>
      {isLeaving ? (
        <LeavingDialog
          what="this report"
          onClose={() => setIsLeaving(false)}
          onRun={(leaving) => saveReport(of, leavingQuery(leaving))}
        />
      ) : null}
    </>
  );
};

const Line = ({ of }: { readonly of: ReportRow }) => (
  <tr>
    <td>
      <div className="strong">{of.title}</div>
      <div className="quiet">
        {of.template === of.kind ? '' : `${of.template} · `}
        {of.format}
        {of.bytes === null ? '' : ` · ${sizeWords(of.bytes)}`}
      </div>
      <Notes of={of.notes} />
    </td>
    <td>{of.boundary ?? 'all'}</td>
    <td style={{ whiteSpace: 'nowrap' }}>
      {of.periodFrom === null ? '' : `${of.periodFrom} to ${of.periodTo ?? ''}`}
      <div className="quiet">{of.dataAsOf === null ? null : <At at={of.dataAsOf} />}</div>
    </td>
    <td>
      <span className={states[of.status].tone} role="status">
        {states[of.status].text}
      </span>
      {of.problem === null ? null : (
        <div className="bad">
          {of.problem.message} <span className="mono">{of.problem.code}</span>
        </div>
      )}
      <div className="quiet">{of.by}</div>
      {of.recipients.map((each) => (
        <Recipient key={each.recipient} of={each} />
      ))}
    </td>
    <td>
      <Hash title="SHA-256" of={of.sha256} />
      <Hash title="Snapshot" of={of.snapshot} />
    </td>
    <td>{of.status === 'completed' ? <File of={of} /> : null}</td>
  </tr>
);

export const MadeTable = ({ items }: { readonly items: readonly ReportRow[] }) =>
  items.length === 0 ? (
    <p className="quiet">No reports yet. What you make above is kept here, with its hash.</p>
  ) : (
    <div className={detail['scrollX']} tabIndex={0} role="region" aria-label="Reports, to scroll">
      <table className={detail['table']}>
        <thead>
          <tr>
            <th scope="col">Report</th>
            <th scope="col">Boundary</th>
            <th scope="col">Period and data as of</th>
            <th scope="col">State and maker</th>
            <th scope="col">Hashes</th>
            <th scope="col">File</th>
          </tr>
        </thead>
        <tbody>
          {items.map((each) => (
            <Line key={each.id} of={each} />
          ))}
        </tbody>
      </table>
    </div>
  );
