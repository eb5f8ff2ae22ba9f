/** What is excluded, until when and why, with how many open findings that leaves out. */
import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { endExclusion, type Exclusion, exclusionQuery, exclusionsQuery } from '../../api/rules.ts';
import { ActionDialog } from '../../kit/act/action-dialog.tsx';
import detail from '../../kit/detail/detail.module.css';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { Day, Ends } from '../../kit/marks/when.tsx';
import { tell } from '../../kit/notice.tsx';
import { RecordLink } from '../../kit/record-link.tsx';
import { lastDay, scopeWords } from './words.ts';

/** The findings that one leaves out. */
const Findings = ({ of }: { readonly of: Exclusion }) => (
  <Loaded query={useQuery(exclusionQuery(of.id))}>
    {({ findings }) =>
      findings.length === 0 ? (
        <p className="quiet">No open finding is left out by it now.</p>
      ) : (
        <ul>
          {findings.map((each) => (
            <li key={`${each.systemId} ${each.assetUuid} ${each.plugin ?? ''} ${each.name}`}>
              <RecordLink kind="asset" id={each.assetUuid}>
                {each.asset}
              </RecordLink>{' '}
              · {each.name}{' '}
              <span className="quiet">{[each.plugin, each.severity].filter(Boolean).join(', ')}</span> · since{' '}
              <Day at={each.firstFound} />
            </li>
          ))}
        </ul>
      )
    }
  </Loaded>
);

const Ending = ({ of, onClose }: { readonly of: Exclusion; readonly onClose: () => void }) => {
  const queryClient = useQueryClient();
  return (
    <ActionDialog
      title={`End the exclusion of ${scopeWords(of)}`}
      verb="End it"
      reason="required"
      onClose={onClose}
      onRun={async (reason) => {
        await endExclusion(of.id, reason ?? '');
        await queryClient.invalidateQueries({ queryKey: ['rules'] });
        onClose();
        tell('What it left out makes weaknesses again with the next sync.');
      }}
    >
      <p>
        {of.findings} open {of.findings === 1 ? 'finding makes' : 'findings make'} weaknesses again with the
        next sync.
      </p>
    </ActionDialog>
  );
};

const Row = ({ of, mayEnd }: { readonly of: Exclusion; readonly mayEnd: boolean }) => {
  const [open, setOpen] = useState(false);
  const [ending, setEnding] = useState(false);
  const what = scopeWords(of);
  return (
    <>
      <tr>
        <td>
          {what}
          <div className="quiet">{of.systemId ?? 'in every boundary'}</div>
        </td>
        <td>
          <Ends on={lastDay(of.expiresAt)} withDay />
        </td>
        <td className={detail['num']}>
          <Button
            variant="default"
            size="compact-sm"
            aria-expanded={open}
            aria-label={`${of.findings} open findings left out by ${what}`}
            onClick={() => setOpen(!open)}
          >
            {of.findings}
          </Button>
        </td>
        <td>
          {of.reason}
          <div className="quiet">{of.excludedBy}</div>
        </td>
        {mayEnd ? (
          <td>
            <Button
              variant="default"
              size="compact-sm"
              aria-label={`End the exclusion of ${what}`}
              onClick={() => setEnding(true)}
            >
              End now…
            </Button>
          </td>
        ) : null}
      </tr>
      {open ? (
        <tr>
          <td colSpan={mayEnd ? 5 : 4}>
            <Findings of={of} />
          </td>
        </tr>
      ) : null}
      {ending ? <Ending of={of} onClose={() => setEnding(false)} /> : null}
    </>
  );
};

export const Exclusions = ({ mayEnd }: { readonly mayEnd: boolean }) => (
  <Loaded query={useQuery(exclusionsQuery)}>
    {({ items }) =>
      items.length === 0 ? (
        <p className="quiet">Nothing is excluded.</p>
      ) : (
        <div className={detail['scrollX']} tabIndex={0} role="region" aria-label="Exclusions">
          <table className={detail['table']}>
            <thead>
              <tr>
                <th scope="col">What</th>
                <th scope="col">Until</th>
                <th scope="col" className={detail['num']}>
                  Open findings
                </th>
                <th scope="col">Why</th>
                {mayEnd ? (
                  <th scope="col">
                    <span className="hidden-text">End</span>
                  </th>
                ) : null}
              </tr>
            </thead>
            <tbody>
              {items.map((each) => (
                <Row key={each.id} of={each} mayEnd={mayEnd} />
              ))}
            </tbody>
          </table>
        </div>
      )
    }
  </Loaded>
);
