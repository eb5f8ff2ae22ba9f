/** The parts of a risk score, for the pages of an asset and of a plugin. */
import { Link } from '@tanstack/react-router';
import type { AssetRisk, PluginRisk } from '../../api/intelligence.ts';
import detail from '../../kit/detail/detail.module.css';
import { RecordLink } from '../../kit/record-link.tsx';
import { When } from '../../kit/marks/when.tsx';
import styles from './intelligence.module.css';
import { reasonWords } from './words.ts';

type Factors = Pick<
  PluginRisk,
  'severity' | 'severityReason' | 'exploitability' | 'exploitabilityReason' | 'reach' | 'attackVector'
>;

export interface Part {
  readonly name: string;
  readonly factor: number | null;
  readonly why: string;
}

export const Parts = ({ of }: { readonly of: readonly Part[] }) => (
  <table className={detail['table']}>
    <thead>
      <tr>
        <th scope="col">Part</th>
        <th scope="col" className={styles['part']}>
          0 to 1
        </th>
        <th scope="col">Why</th>
      </tr>
    </thead>
    <tbody>
      {of.map(({ name, factor, why }) => (
        <tr key={name}>
          <td>{name}</td>
          <td className={styles['part']}>{factor === null ? '–' : factor.toFixed(2)}</td>
          <td>{why}</td>
        </tr>
      ))}
    </tbody>
  </table>
);

/** What a plugin contributes. */
export const pluginParts = (of: Factors): Part[] => [
  { name: 'Severity', factor: of.severity, why: reasonWords(of.severityReason) },
  { name: 'Exploitability', factor: of.exploitability, why: reasonWords(of.exploitabilityReason) },
  { name: 'Attack vector', factor: of.reach, why: of.attackVector ?? 'unknown' },
];

function exposureWords({ exposure }: AssetRisk): string {
  const { answer, isSaid, networkZone, scoreIfYes, scoreIfNo } = exposure;
  if (isSaid) return `publicly exposed: ${answer}, as somebody said of it or of its network zone`;
  if (answer !== 'unknown')
    return `publicly exposed: ${answer}, since its network zone is ${networkZone ?? ''}`;
  const why =
    networkZone === null ? 'no network zone is set' : `the network zone ${networkZone} does not say`;
  return `publicly exposed: unknown, ${why}. The score would be ${(scoreIfYes ?? 0).toFixed(1)} if it is, ${(scoreIfNo ?? 0).toFixed(1)} if it is not`;
}

function worthWords({ criticality: of }: AssetRisk): string {
  const source =
    of.acrOverride !== null
      ? `rating of the organization ${of.acrOverride}`
      : of.businessCriticality !== null
        ? `business criticality ${of.businessCriticality}`
        : of.acr !== null
          ? `ACR ${of.acr}`
          : (of.criticalityRating ?? '');
  const asset = of.assetWorth === null ? 'asset unknown' : `asset ${of.assetWorth.toFixed(2)} (${source})`;
  const boundary =
    of.boundaryWorth === null
      ? 'impact of the boundary unknown'
      : `boundary ${of.boundaryWorth.toFixed(2)} by its impact level`;
  return `${asset}; ${boundary}; environment ${of.environmentFactor.toFixed(2)} (${of.environment ?? 'not set'})`;
}

/** What an asset contributes. */
export const assetParts = (of: AssetRisk): Part[] => [
  { name: 'Exposure', factor: of.exposure.factor, why: exposureWords(of) },
  { name: 'Criticality', factor: of.criticality.factor, why: worthWords(of) },
];

/** By boundary, the highest first. */
export const Groups = ({ of }: { readonly of: PluginRisk }) => (
  <table className={detail['table']}>
    <thead>
      <tr>
        <th scope="col">System</th>
        <th scope="col" className={detail['num']}>
          Risk
        </th>
        <th scope="col" className={detail['num']}>
          Findings that count
        </th>
        <th scope="col" className={detail['num']}>
          Assets
        </th>
        <th scope="col">Worst asset</th>
        <th scope="col">Since</th>
      </tr>
    </thead>
    <tbody>
      {of.groups.map((each) => (
        <tr key={each.systemId ?? ''}>
          <td>
            {each.systemId === null ? (
              <span className="quiet">none</span>
            ) : (
              <RecordLink kind="system" id={each.systemId}>
                {each.systemId}
              </RecordLink>
            )}
          </td>
          <td className={detail['num']}>{each.score.toFixed(1)}</td>
          <td className={detail['num']}>{each.findings.toLocaleString('en')}</td>
          <td className={detail['num']}>{each.assets.toLocaleString('en')}</td>
          <td>
            <Link to="/assets/$assetUuid/{-$tab}" params={{ assetUuid: each.worstAsset, tab: 'risk' }}>
              {each.worstAssetName ?? each.worstAsset}
            </Link>
          </td>
          <td>
            <When at={each.assessedAt} />
          </td>
        </tr>
      ))}
    </tbody>
  </table>
);
