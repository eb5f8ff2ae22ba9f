import { shownText } from '../../../platform/errors/index.ts';
import type {
  AssetRisk,
  FactorReason,
  PluginFactors,
  PluginRisk,
} from '../../../record/intelligence/index.ts';
import { fittedTable } from '../kit/fitted-table.ts';
import { minuteText } from '../kit/instants.ts';
import { counted } from '../kit/table.ts';

const share = (factor: number): string => factor.toFixed(2);

/** Why a factor is what it is, in words. */
export function reasonText(reason: FactorReason): string {
  const cve = reason.cve ? ` (${reason.cve})` : '';
  const score = reason.score ?? '–';
  switch (reason.rule) {
    case 'cvss':
      return reason.cve ? `CVSS ${score}${cve}` : `exploitability ${score} of 10 by CVSS`;
    case 'scanner':
      return `CVSS ${score}, as the scanner says`;
    case 'word':
      return reason.word
        ? `${reason.word}, as the scanner says`
        : 'nobody rated it: the finding’s own severity';
    case 'kev':
      return `known to be exploited since ${reason.since ?? '–'}${cve}, KEV`;
    case 'active':
      return `actively exploited${cve}, SSVC`;
    case 'epss':
      return reason.date ? `EPSS ${score} of ${reason.date}${cve}` : `EPSS ${score}, as the scanner says`;
    case 'public':
      return `exploit code is public${cve}`;
    case 'unknown':
      return 'unknown: no feed and no scanner says';
  }
}

function factorLines(factors: PluginFactors, severity: string): string[] {
  return [
    `  severity        ${severity}`,
    `  exploitability  ${share(factors.exploitability)}  ${reasonText(factors.exploitabilityReason)}`,
    `  attack vector   ${share(factors.reach)}  ${factors.attackVector ?? 'unknown'}`,
  ];
}

const severityText = (factors: PluginFactors): string =>
  `${factors.severity === null ? '–   ' : share(factors.severity)}  ${reasonText(factors.severityReason)}`;

function exposureText({ exposure }: AssetRisk): string {
  const zone =
    exposure.networkZone === null ? 'no network zone is set' : `network zone ${exposure.networkZone}`;
  if (exposure.isSaid) return `publicly exposed: ${exposure.answer}, as somebody said of it or of its zone`;
  if (exposure.answer !== 'unknown') return `publicly exposed: ${exposure.answer}, by its ${zone}`;
  const says = exposure.networkZone === null ? zone : `${zone} does not say`;
  return `publicly exposed: unknown (${says}); ${exposure.scoreIfYes ?? 0} if it is, ${exposure.scoreIfNo ?? 0} if not`;
}

function worthText({ criticality }: AssetRisk): string {
  const { acrOverride, businessCriticality, acr, criticalityRating, assetWorth, boundaryWorth } = criticality;
  const asset =
    assetWorth === null
      ? 'asset: unknown'
      : `asset ${share(assetWorth)} (${acrOverride !== null ? `rating of the organization ${acrOverride}` : businessCriticality !== null ? `business criticality ${businessCriticality}` : acr !== null ? `ACR ${acr}` : (criticalityRating ?? '')})`;
  const boundary =
    boundaryWorth === null ? 'boundary: impact unknown' : `boundary ${share(boundaryWorth)} (impact level)`;
  return `${asset}, ${boundary}, environment ${share(criticality.environmentFactor)} (${criticality.environment ?? 'not set'})`;
}

/** The risk of an asset, part by part. */
export function assetRiskLines(risk: AssetRisk): string[] {
  const stored =
    risk.score === null
      ? 'never stored'
      : `stored ${risk.score.toFixed(2)} on ${minuteText(risk.assessedAt)} UTC`;
  return [
    `${shownText(risk.name ?? risk.assetUuid)}  risk ${risk.scoreNow.toFixed(2)} of 100  (${stored})`,
    '',
    `exposure     ${share(risk.exposure.factor)}  ${shownText(exposureText(risk))}`,
    `criticality  ${share(risk.criticality.factor)}  ${shownText(worthText(risk))}`,
    '',
    `${counted(risk.counted, 'finding')} count; ${risk.accepted} accepted and ${risk.informational} informational do not. The score is that of the worst.`,
    ...risk.findings
      .slice(0, 5)
      .flatMap((finding) => [
        '',
        `${finding.score.toFixed(2)}  plugin ${finding.pluginId}  ${shownText(finding.name)}`,
        ...factorLines(
          finding,
          finding.isRecast
            ? `${share(finding.severityUsed)}  recast to ${finding.severityWord}`
            : severityText(finding),
        ).map(shownText),
      ]),
    '',
    'score = 100 × severity × exploitability × attack vector × exposure × criticality; docs/intelligence.md',
  ];
}

/** The risk of a plugin, part by part, and by boundary. */
export function pluginRiskLines(risk: PluginRisk, width: number | undefined): string[] {
  return [
    `plugin ${risk.pluginId}  ${shownText(risk.name)}  ${risk.score === null ? 'nothing of it is open' : `risk ${risk.score.toFixed(2)} of 100`}`,
    '',
    ...factorLines(risk, severityText(risk)).map(shownText),
    `  business impact ${risk.businessImpact === null ? '–' : `${risk.businessImpact} of 10, of the most important asset that it is open on`}`,
    ...(risk.groups.length === 0
      ? []
      : [
          '',
          fittedTable(
            ['BOUNDARY', 'RISK', 'FINDINGS', 'ASSETS', 'WORST ASSET', 'SINCE (UTC)'],
            risk.groups.map((group) => [
              group.systemId ?? 'none',
              group.score.toFixed(2),
              String(group.findings),
              String(group.assets),
              group.worstAssetName ?? group.worstAsset,
              minuteText(group.assessedAt),
            ]),
            width,
          ),
        ]),
  ];
}
