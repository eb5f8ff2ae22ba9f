/** The kinds of report, as data: what each answers, what it needs of the record, which rights, what it is told. */
import type { Permission } from '../../canonical/access/index.ts';
import type { ReportFormat } from './rendered.ts';
import type { SnapshotPart } from './snapshot/snapshot.ts';

export interface ParameterSpec {
  readonly name: string;
  readonly title: string;
  readonly type: 'day' | 'text' | 'choice' | 'poam' | 'file';
  readonly choices?: readonly string[];
  readonly default?: string;
  readonly isRequired?: true;
}

export interface ReportKind {
  readonly format: ReportFormat;
  /** What it answers, and for whom. */
  readonly question: string;
  readonly parts: readonly SnapshotPart[];
  /** What its maker and its reader must hold there beside `report:create` and `report:read`. */
  readonly needs: readonly Permission[];
  /** `one`: it is about one authorization boundary, which must be named. */
  readonly boundary: 'one' | 'any';
  readonly parameters: readonly ParameterSpec[];
}

const provider: ParameterSpec = {
  name: 'provider',
  title: 'Name of the provider on the cover',
  type: 'text',
  default: '',
};

const ver = {
  format: 'json',
  parts: ['poams', 'deviations'],
  needs: ['poam:read'],
  boundary: 'one',
  parameters: [
    {
      name: 'overview',
      title: 'Address of the certification package overview',
      type: 'text',
      isRequired: true,
    },
  ],
} as const satisfies Omit<ReportKind, 'question'>;

export const reportKinds = {
  'fedramp-poam': {
    format: 'xlsx',
    question: 'The POA&M as FedRAMP wants it each month: open, closed, configuration.',
    parts: ['poams', 'deviations'],
    needs: ['poam:read'],
    boundary: 'one',
    parameters: [
      provider,
      {
        name: 'items',
        title: 'Which open items',
        type: 'choice',
        choices: ['all', 'late'],
        default: 'all',
      },
    ],
  },
  'deviation-requests': {
    format: 'xlsx',
    question: 'The deviations that wait for the authorizing official, one request a row.',
    parts: ['poams', 'deviations'],
    needs: ['poam:read'],
    boundary: 'one',
    parameters: [
      { name: 'state', title: 'Which requests', type: 'choice', choices: ['open', 'all'], default: 'open' },
    ],
  },
  'deviation-package': {
    format: 'zip',
    question: 'What an official decides a deviation by: the form, the list of evidence, and the files.',
    parts: ['poams', 'deviations'],
    needs: ['poam:read'],
    boundary: 'one',
    parameters: [
      { name: 'state', title: 'Which requests', type: 'choice', choices: ['open', 'all'], default: 'open' },
    ],
  },
  'emass-poam': {
    format: 'xlsx',
    question:
      'The POA&M as eMASS takes it: your own import form or export filled, and a list of what could not be said there.',
    parts: ['poams', 'deviations'],
    needs: ['poam:read'],
    boundary: 'one',
    parameters: [
      { name: 'workbook', title: 'The workbook that eMASS gave you, which is to be filled', type: 'file' },
    ],
  },
  'oscal-poam': {
    format: 'json',
    question: 'The POA&M for tools that read OSCAL.',
    parts: ['poams', 'deviations'],
    needs: ['poam:read'],
    boundary: 'any',
    parameters: [
      {
        name: 'version',
        title: 'Version of OSCAL (FedRAMP reads 1.0.4)',
        type: 'choice',
        choices: ['1.0.4', '1.2.1'],
        default: '1.0.4',
      },
      {
        name: 'ssp',
        title: 'Address of the system security plan, if readers can reach it',
        type: 'text',
        default: '',
      },
    ],
  },
  'metrics-pack': {
    format: 'xlsx',
    question: 'Every metric with its value, target, definition and source, and a year by months.',
    parts: ['metrics', 'series'],
    needs: ['metric:read'],
    boundary: 'any',
    parameters: [],
  },
  'kev-workbook': {
    format: 'xlsx',
    question: 'Per exploited CVE: assets, dates, exposure, what has no POA&M.',
    parts: ['exploited'],
    needs: ['finding:read', 'intelligence:read'],
    boundary: 'any',
    parameters: [],
  },
  'controls-workbook': {
    format: 'xlsx',
    question: 'Per control: status, open weaknesses, evidence, next assessment.',
    parts: ['controls'],
    needs: ['poam:read'],
    boundary: 'any',
    parameters: [],
  },
  'agreement-workbook': {
    format: 'xlsx',
    question: 'Whether both sides agree, who decided where they did not, and the changes of a period.',
    parts: ['agreement'],
    needs: ['poam:read', 'conflict:read'],
    boundary: 'any',
    parameters: [],
  },
  'ver-detail': {
    ...ver,
    question: 'Vulnerabilities with activity in the period that are not accepted (VER-RPT-VDT).',
  },
  'ver-accepted': { ...ver, question: 'Vulnerabilities that are accepted, and why (VER-RPT-AVI).' },
  'ver-history': {
    ...ver,
    question: 'Every vulnerability that is known, for retrieval by programs (VER-TFR-MRH).',
  },
  'executive-summary': {
    format: 'pdf',
    question: 'The month on paper: a page that an authorizing official can sign under, and what it rests on.',
    parts: ['poams', 'deviations', 'coverage', 'metrics', 'series', 'exploited'],
    needs: ['poam:read', 'finding:read', 'intelligence:read', 'metric:read'],
    boundary: 'any',
    parameters: [{ name: 'statement', title: 'Statement over the signatures', type: 'text', default: '' }],
  },
  'boundary-posture': {
    format: 'pdf',
    question:
      'The week of an ISSO: due, late, waiting for a word, milestones, deviations that end, coverage.',
    parts: ['poams', 'deviations', 'coverage', 'waiting', 'metrics'],
    needs: ['poam:read', 'finding:read', 'metric:read'],
    boundary: 'one',
    parameters: [
      {
        name: 'ahead',
        title: 'Days to look ahead',
        type: 'choice',
        choices: ['7', '14', '30'],
        default: '7',
      },
    ],
  },
  'ao-briefing': {
    format: 'pdf',
    question: 'For an authorizing official: risk in one page, decisions asked, residual risk, what changed.',
    parts: ['poams', 'deviations', 'metrics', 'series'],
    needs: ['poam:read', 'finding:read', 'metric:read'],
    boundary: 'any',
    parameters: [],
  },
  'kev-status': {
    format: 'pdf',
    question:
      'Known exploited vulnerabilities and the tiers of BOD 26-04: machines, dates, and what is not known.',
    parts: ['metrics', 'series', 'exploited'],
    needs: ['finding:read', 'intelligence:read', 'metric:read'],
    boundary: 'any',
    parameters: [],
  },
  'ver-overview': {
    format: 'pdf',
    question: 'The FedRAMP vulnerability report of a month for people, with its overview (VER-RPT-HLO).',
    parts: ['poams', 'deviations', 'metrics'],
    needs: ['poam:read', 'metric:read'],
    boundary: 'one',
    parameters: [],
  },
  'deviations-register': {
    format: 'pdf',
    question: 'Every deviation: what was asked, who decided, until when, with what evidence.',
    parts: ['poams', 'deviations'],
    needs: ['poam:read'],
    boundary: 'any',
    parameters: [
      {
        name: 'state',
        title: 'Which deviations',
        type: 'choice',
        choices: ['living', 'all'],
        default: 'living',
      },
    ],
  },
  'sync-agreement': {
    format: 'pdf',
    question: 'Whether scanner and GRC system agree, who decided where they did not, and what changed.',
    parts: ['agreement', 'metrics'],
    needs: ['poam:read', 'conflict:read', 'metric:read'],
    boundary: 'any',
    parameters: [],
  },
  'access-review': {
    format: 'pdf',
    question: 'Who may do what here, for the review of accounts (AC-2).',
    parts: ['access'],
    needs: ['audit:read'],
    boundary: 'any',
    parameters: [],
  },
  'closure-evidence': {
    format: 'zip',
    question:
      'Why POA&Ms were closed: story, scans before and after, approvals, files, with a manifest of hashes.',
    parts: ['poams', 'deviations', 'closure'],
    needs: ['poam:read', 'finding:read'],
    boundary: 'one',
    parameters: [{ name: 'poam', title: 'Only this POA&M (its id here)', type: 'poam' }],
  },
} as const satisfies Readonly<Record<string, ReportKind>>;

export type ReportKindName = keyof typeof reportKinds;
export const isReportKind = (name: string): name is ReportKindName => Object.hasOwn(reportKinds, name);
export const reportKind = (name: ReportKindName): ReportKind => reportKinds[name];
export const reportKindNames = Object.keys(reportKinds) as readonly ReportKindName[]; // its own keys

/** Every report is told these. */
export const commonParameters: readonly ParameterSpec[] = [
  { name: 'from', title: 'First day of the period', type: 'day' },
  { name: 'to', title: 'Last day of the period', type: 'day' },
];
