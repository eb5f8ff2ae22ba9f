/** Checklists as STIG Viewer reads them: CKL (version 2, XML) and CKLB (version 3, JSON). The same results give the same bytes. Pure. */
import { deriveUuid, type JsonObject } from '../../platform/values/index.ts';
import type { StigResult, StigTarget } from './checklists.sql.ts';

export const checklistFormats = ['cklb', 'ckl'] as const;
export type ChecklistFormat = (typeof checklistFormats)[number];

export interface Checklist {
  readonly stig: string;
  readonly target: StigTarget;
  readonly results: readonly StigResult[];
}

/** What a result is called in each; a check that could not be made is not reviewed. */
const cklbStatus: Readonly<Record<string, string>> = {
  passed: 'not_a_finding',
  failed: 'open',
  skipped: 'not_applicable',
};
const cklStatus: Readonly<Record<string, string>> = {
  passed: 'NotAFinding',
  failed: 'Open',
  skipped: 'Not_Applicable',
};
const severities: Readonly<Record<string, string>> = { I: 'high', II: 'medium', III: 'low' };

const referred = ({ references }: StigResult, name: string): string[] =>
  references.flatMap((each) => (each.startsWith(`${name}|`) ? [each.slice(name.length + 1)] : []));
const severityOf = (result: StigResult): string => severities[referred(result, 'CAT')[0] ?? ''] ?? 'medium';
const ruleIdOf = (result: StigResult): string => referred(result, 'Rule-ID')[0] ?? result.group;
const revisionOf = ({ results }: Checklist): { readonly version: string; readonly release: string } => {
  const [, version = '1', release = '1'] = /^V(\d+)R(.+)$/.exec(results[0]?.revision ?? '') ?? [];
  return { version, release };
};

export const writeChecklist = (format: ChecklistFormat, checklist: Checklist): string =>
  format === 'ckl' ? writeCkl(checklist) : writeCklb(checklist);

const targetData = (host: string, target: StigTarget): JsonObject => ({
  target_type: 'Computing',
  host_name: host,
  ip_address: target.ips.join(','),
  mac_address: target.macs.join(','),
  fqdn: target.fqdns[0] ?? '',
  comments: '',
  role: 'None',
  is_web_database: false,
  technology_area: '',
  web_db_site: '',
  web_db_instance: '',
});

function writeCklb(checklist: Checklist): string {
  const { stig, target, results } = checklist;
  const { version, release } = revisionOf(checklist);
  const host = target.hostname ?? target.fqdns[0] ?? target.ips[0] ?? '';
  const stigUuid = deriveUuid('stig', stig, version, release);
  const rules = results.map((result): JsonObject => {
    const ruleId = ruleIdOf(result);
    return {
      uuid: deriveUuid('stig rule', stig, ruleId),
      stig_uuid: stigUuid,
      group_id: result.group,
      rule_id: ruleId.replace(/_rule$/, ''),
      rule_id_src: ruleId,
      rule_version: referred(result, 'STIG-ID')[0] ?? '',
      severity: severityOf(result),
      group_title: result.title,
      rule_title: result.title,
      discussion: result.discussion ?? '',
      check_content: '',
      fix_text: result.fix ?? '',
      legacy_ids: [],
      ccis: referred(result, 'CCI'),
      status: cklbStatus[result.status] ?? 'not_reviewed',
      overrides: {},
      finding_details: result.details ?? '',
      comments: result.comments ?? '',
    };
  });
  const document: JsonObject = {
    title: `${host}-${stig}`,
    id: deriveUuid('checklist', host, stig),
    cklb_version: '1.0',
    active: false,
    mode: 1,
    has_path: true,
    target_data: targetData(host, target),
    stigs: [
      {
        stig_name: stig,
        display_name: stig,
        stig_id: stig,
        version,
        release_info: `Release: ${release} Benchmark Date: `,
        uuid: stigUuid,
        reference_identifier: '',
        size: rules.length,
        rules,
      },
    ],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

// oxlint-disable-next-line no-control-regex -- XML 1.0 has no way to write these
const unwritable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g;
const xml = (text: string): string =>
  text.replaceAll(unwritable, '').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const element = (name: string, text: string): string => `<${name}>${xml(text)}</${name}>`;
const fact = (name: string, text: string): string =>
  `        <STIG_DATA>${element('VULN_ATTRIBUTE', name)}${element('ATTRIBUTE_DATA', text)}</STIG_DATA>`;

function writeCkl(checklist: Checklist): string {
  const { stig, target, results } = checklist;
  const { version, release } = revisionOf(checklist);
  const host = target.hostname ?? target.fqdns[0] ?? target.ips[0] ?? '';
  const about = [
    ['version', version],
    ['stigid', stig],
    ['releaseinfo', `Release: ${release} Benchmark Date: `],
    ['title', stig],
  ] as const;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<CHECKLIST>',
    `  <ASSET>${element('ROLE', 'None')}${element('ASSET_TYPE', 'Computing')}${element('HOST_NAME', host)}${element('HOST_IP', target.ips.join(','))}${element('HOST_MAC', target.macs.join(','))}${element('HOST_FQDN', target.fqdns[0] ?? '')}<TECH_AREA/><TARGET_KEY/>${element('WEB_OR_DATABASE', 'false')}<WEB_DB_SITE/><WEB_DB_INSTANCE/></ASSET>`,
    '  <STIGS>',
    '    <iSTIG>',
    `      <STIG_INFO>${about.map(([name, text]) => `<SI_DATA>${element('SID_NAME', name)}${element('SID_DATA', text)}</SI_DATA>`).join('')}</STIG_INFO>`,
    ...results.map((result) => vuln(result, stig)),
    '    </iSTIG>',
    '  </STIGS>',
    '</CHECKLIST>',
    '',
  ].join('\n');
}

const vuln = (result: StigResult, stig: string): string =>
  [
    '      <VULN>',
    fact('Vuln_Num', result.group),
    fact('Severity', severityOf(result)),
    fact('Group_Title', result.title),
    fact('Rule_ID', ruleIdOf(result)),
    fact('Rule_Ver', referred(result, 'STIG-ID')[0] ?? ''),
    fact('Rule_Title', result.title),
    fact('Vuln_Discuss', result.discussion ?? ''),
    fact('Check_Content', ''),
    fact('Fix_Text', result.fix ?? ''),
    fact('STIGRef', stig),
    ...referred(result, 'CCI').map((cci) => fact('CCI_REF', cci)),
    `        ${element('STATUS', cklStatus[result.status] ?? 'Not_Reviewed')}${element('FINDING_DETAILS', result.details ?? '')}${element('COMMENTS', result.comments ?? '')}<SEVERITY_OVERRIDE/><SEVERITY_JUSTIFICATION/>`,
    '      </VULN>',
  ].join('\n');
