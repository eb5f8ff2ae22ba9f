/** What belongs to a system: the rules that say so, and each asset with its role and why it is there. */
import { Button } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import {
  type BoundaryRule,
  type Member,
  membersPage,
  membersQuery,
  rulesQuery,
} from '../../../api/boundary-rules.ts';
import detail from '../../../kit/detail/detail.module.css';
import { Section } from '../../../kit/detail/facts.tsx';
import { Loaded } from '../../../kit/detail/loaded.tsx';
import { Nothing, SeverityCounts } from '../../../kit/marks/severity.tsx';
import { RecordLink } from '../../../kit/record-link.tsx';
import { useMay } from '../../../shell/use-session.ts';
import styles from './boundary.module.css';
import { AddRuleDialog, EndRuleDialog } from './rule-dialogs.tsx';
import { kindWords, roleWords, whyOf } from './words.ts';
import { Pager } from '../pager.tsx';

const Where = ({ of }: { readonly of: BoundaryRule }) =>
  of.conditions.map(({ kind, values }, at) => (
    // oxlint-disable-next-line react/no-array-index-key
    <div key={at}>
      {at === 0 ? '' : 'and '}
      {kindWords[kind].title.toLowerCase()} <span className="mono">{values.slice(0, 5).join(', ')}</span>
      {values.length > 5 ? ` and ${values.length - 5} more` : ''}
    </div>
  ));

const RuleRow = ({ of, onEnd }: { readonly of: BoundaryRule; readonly onEnd: (() => void) | undefined }) => (
  <tr>
    <td className={detail['num']}>{of.id}</td>
    <td className={detail['num']}>{of.priority}</td>
    <td>
      <Where of={of} />
      {of.note === null ? null : <div className="quiet">{of.note}</div>}
    </td>
    <td title={roleWords[of.role].meaning}>{roleWords[of.role].title}</td>
    <td className={detail['num']}>{of.linked.toLocaleString('en')}</td>
    <td className={detail['num']}>{of.review.toLocaleString('en')}</td>
    <td className={detail['num']}>{of.rejected.toLocaleString('en')}</td>
    <td>{of.madeBy}</td>
    {onEnd === undefined ? null : (
      <td>
        <Button variant="default" size="compact-sm" onClick={onEnd}>
          End…<span className="hidden-text"> rule {of.id}</span>
        </Button>
      </td>
    )}
  </tr>
);

const RuleTable = ({
  of,
  onEnd,
}: {
  readonly of: readonly BoundaryRule[];
  readonly onEnd: ((rule: BoundaryRule) => void) | undefined;
}) => (
  <table className={detail['table']} style={{ maxWidth: 1100 }}>
    <thead>
      <tr>
        <th scope="col" className={detail['num']}>
          Rule
        </th>
        <th scope="col" className={detail['num']}>
          Priority
        </th>
        <th scope="col">Assets whose</th>
        <th scope="col">Role</th>
        <th scope="col" className={detail['num']} title="Assets that this rule puts here, or agrees are here">
          Here
        </th>
        <th scope="col" className={detail['num']} title="Assets that a person is asked about">
          Asked
        </th>
        <th scope="col" className={detail['num']} title="Assets that fit, and that something comes before">
          Elsewhere
        </th>
        <th scope="col">Made by</th>
        {onEnd === undefined ? null : (
          <th scope="col">
            <span className="hidden-text">Actions</span>
          </th>
        )}
      </tr>
    </thead>
    <tbody>
      {of.map((rule) => (
        <RuleRow key={rule.id} of={rule} onEnd={onEnd === undefined ? undefined : () => onEnd(rule)} />
      ))}
    </tbody>
  </table>
);

const Rules = ({ systemId }: { readonly systemId: string }) => {
  const may = useMay('policy:write');
  const [adding, setAdding] = useState(false);
  const [ending, setEnding] = useState<BoundaryRule>();
  return (
    <>
      <div className={styles['bar']}>
        {may ? <Button onClick={() => setAdding(true)}>New rule…</Button> : null}
        <span className="quiet">
          Components and what a person said come before any rule. Of rules, priority 1 comes first.
        </span>
      </div>
      <Loaded query={useQuery(rulesQuery(systemId))}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="quiet">
              No rule yet: only components are in this system, and what was assigned to it.
            </p>
          ) : (
            <>
              <RuleTable of={items} onEnd={may ? setEnding : undefined} />
              {items.some(({ review }) => review > 0) ? (
                <p>
                  <a href="/matches?kind=boundary">Say in which system the assets are that are asked about</a>
                </p>
              ) : null}
            </>
          )
        }
      </Loaded>
      {adding ? <AddRuleDialog systemId={systemId} onClose={() => setAdding(false)} /> : null}
      {ending ? <EndRuleDialog of={ending} onClose={() => setEnding(undefined)} /> : null}
    </>
  );
};

const MemberRow = ({ of }: { readonly of: Member }) => (
  <tr>
    <td>
      <RecordLink kind="asset" id={of.assetUuid}>
        {of.hostname ?? of.assetUuid.slice(0, 8)}
      </RecordLink>
    </td>
    <td title={roleWords[of.role].meaning}>{roleWords[of.role].title}</td>
    <td title={of.reason ?? undefined}>{whyOf(of)}</td>
    <td>{of.alsoIn === 0 ? <Nothing /> : `${of.alsoIn} more`}</td>
    <td>
      <SeverityCounts
        counts={{ Critical: of.openCritical, High: of.openHigh }}
        shown={['Critical', 'High']}
      />
    </td>
  </tr>
);

const Members = ({ systemId }: { readonly systemId: string }) => {
  const [offset, setOffset] = useState(0);
  const query = useQuery({ ...membersQuery(systemId, offset), placeholderData: keepPreviousData });
  return (
    <Loaded query={query}>
      {({ items, total }) =>
        total === 0 ? (
          <p className="quiet">No asset is in this system.</p>
        ) : (
          <>
            <table className={detail['table']} style={{ maxWidth: 1100 }}>
              <thead>
                <tr>
                  <th scope="col">Asset</th>
                  <th scope="col">Role</th>
                  <th scope="col">Why it is here</th>
                  <th scope="col">Also in systems</th>
                  <th scope="col">Open</th>
                </tr>
              </thead>
              <tbody>
                {items.map((member) => (
                  <MemberRow key={member.assetUuid} of={member} />
                ))}
              </tbody>
            </table>
            <Pager offset={offset} size={membersPage} total={total} onTurn={setOffset} />
          </>
        )
      }
    </Loaded>
  );
};

export const BoundaryTab = ({ systemId }: { readonly systemId: string }) => (
  <>
    {useMay('link:read') ? (
      <Section title="Rules">
        <Rules systemId={systemId} />
      </Section>
    ) : null}
    <Section title="Assets and roles">
      <Members systemId={systemId} />
    </Section>
  </>
);
