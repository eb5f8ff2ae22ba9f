/** The risk score of a machine, with every part of it. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type AssetRisk, assetRiskQuery } from '../../api/intelligence.ts';
import detail from '../../kit/detail/detail.module.css';
import { Section } from '../../kit/detail/facts.tsx';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { When } from '../../kit/marks/when.tsx';
import { assetParts, Parts } from '../intelligence/risk-parts.tsx';
import styles from '../intelligence/intelligence.module.css';
import { reasonWords } from '../intelligence/words.ts';

const Worst = ({ of }: { readonly of: AssetRisk }) => (
  <table className={detail['table']}>
    <thead>
      <tr>
        <th scope="col" className={detail['num']}>
          Score
        </th>
        <th scope="col">Finding</th>
        <th scope="col">Severity</th>
        <th scope="col">Exploitability</th>
        <th scope="col">Attack vector</th>
      </tr>
    </thead>
    <tbody>
      {of.findings.map((each) => (
        <tr key={each.findingKey}>
          <td className={detail['num']}>{each.score.toFixed(1)}</td>
          <td>
            <Link to="/findings/$findingKey" params={{ findingKey: each.findingKey }}>
              {each.name}
            </Link>
            <div className="quiet">plugin {each.pluginId}</div>
          </td>
          <td>
            {each.severityUsed.toFixed(2)}
            <div className="quiet">
              {each.isRecast ? `recast to ${each.severityWord}` : reasonWords(each.severityReason)}
            </div>
          </td>
          <td>
            {each.exploitability.toFixed(2)}
            <div className="quiet">{reasonWords(each.exploitabilityReason)}</div>
          </td>
          <td>
            {each.reach.toFixed(2)}
            <div className="quiet">{each.attackVector ?? 'unknown'}</div>
          </td>
        </tr>
      ))}
    </tbody>
  </table>
);

const Risk = ({ of }: { readonly of: AssetRisk }) => (
  <>
    <p style={{ marginTop: 12 }}>
      <span className={styles['score']}>{of.scoreNow.toFixed(1)}</span> of 100{' '}
      <span className="quiet">
        {of.score === null ? '' : `stored ${of.score.toFixed(1)}, `}
        {of.assessedAt === null ? null : <When at={of.assessedAt} />}
      </span>
    </p>
    <p className="quiet">
      100 × severity × exploitability × attack vector × exposure × criticality, of its worst open finding.{' '}
      {of.counted} count; {of.accepted} accepted and {of.informational} informational ones do not.
    </p>
    <Section title="What the machine contributes">
      <Parts of={assetParts(of)} />
    </Section>
    {of.findings.length === 0 ? null : (
      <Section title="Its worst findings">
        <Worst of={of} />
      </Section>
    )}
  </>
);

export const RiskTab = ({ assetUuid }: { readonly assetUuid: string }) => (
  <Loaded query={useQuery(assetRiskQuery(assetUuid))}>{(risk) => <Risk of={risk} />}</Loaded>
);
