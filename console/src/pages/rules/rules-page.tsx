/** Which findings make a weakness, and so a POA&M: the rule of each boundary, and what is excluded until when. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { type Rule, type Rules, rulesQuery } from '../../api/rules.ts';
import detail from '../../kit/detail/detail.module.css';
import { Section } from '../../kit/detail/facts.tsx';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { PageTitle } from '../../kit/page-title.tsx';
import { RecordLink } from '../../kit/record-link.tsx';
import { useMay } from '../../shell/use-session.ts';
import { ExclusionDialog } from './exclusion-dialog.tsx';
import { Exclusions } from './exclusions.tsx';
import styles from './rules.module.css';
import { complianceWords, filterWords, floorWords, groupingWords, sourceWords } from './words.ts';

const Cells = ({ rule }: { readonly rule: Rule }) => (
  <>
    <td>
      {groupingWords[rule.grouping]}
      {rule.compliance === 'none' ? null : (
        <div className="quiet">failed checks: {complianceWords[rule.compliance]}</div>
      )}
    </td>
    <td>
      {floorWords(rule)}
      <div className="quiet">{sourceWords[rule.severitySource]}</div>
    </td>
    <td>{filterWords(rule)}</td>
  </>
);

const RulesTable = ({ of }: { readonly of: Rules }) => (
  <div
    className={`${detail['scrollX'] ?? ''} ${styles['table'] ?? ''}`}
    tabIndex={0}
    role="region"
    aria-label="Rules by boundary"
  >
    <table className={detail['table']}>
      <thead>
        <tr>
          <th scope="col">Boundary</th>
          <th scope="col">Rule</th>
          <th scope="col">Weaknesses</th>
          <th scope="col">Severity</th>
          <th scope="col">Findings</th>
        </tr>
      </thead>
      <tbody>
        <tr>
          <td className="strong">Every boundary without a rule of its own</td>
          <td>
            <Link to="/setup/rules/inherited">Version {of.inherited.version}: look or change</Link>
          </td>
          <Cells rule={of.inherited.rule} />
        </tr>
        {of.boundaries.map(({ systemId, name, isInherited, rule }) => (
          <tr key={systemId}>
            <td>
              <RecordLink kind="system" id={systemId}>
                {name}
              </RecordLink>
              <div className="quiet mono">{systemId}</div>
            </td>
            <td>
              <Link to="/setup/rules/boundary/$systemId" params={{ systemId }} aria-label={`Rule of ${name}`}>
                {isInherited
                  ? 'Inherited: give it its own'
                  : `Its own, version ${rule.version}: look or change`}
              </Link>
            </td>
            {isInherited ? (
              <td colSpan={3} className="quiet">
                as above
              </td>
            ) : (
              <Cells rule={rule.rule} />
            )}
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);

export const RulesPage = () => {
  const mayWrite = useMay('rule:write');
  const [adding, setAdding] = useState(false);
  const query = useQuery(rulesQuery);
  return (
    <div className={detail['page']}>
      <PageTitle title="Weakness rules" />
      <p className="quiet">
        Open findings that a rule names are grouped into weaknesses, and each weakness gets one POA&M. What a
        change would do to POA&Ms is shown before it is saved.
      </p>
      <Loaded query={query} whole>
        {(rules) => (
          <>
            <RulesTable of={rules} />
            <Section title="Excluded for now">
              {mayWrite ? (
                <Button variant="default" mb="sm" onClick={() => setAdding(true)}>
                  Exclude findings…
                </Button>
              ) : null}
              <Exclusions mayEnd={mayWrite} />
            </Section>
            {adding ? (
              <ExclusionDialog boundaries={rules.boundaries} onClose={() => setAdding(false)} />
            ) : null}
          </>
        )}
      </Loaded>
    </div>
  );
};
