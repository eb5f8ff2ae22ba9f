/**
 * `npm run bench -- workbook`: the FedRAMP POA&M workbook of 3,000 POA&Ms, beside deflating the words of its cells alone, in turns in one run.
 * Fails where the workbook has not the rows that it is to have, or its bytes differ from run to run.
 */
import { parseArgs } from 'node:util';
import { deflateSync } from 'fflate';
import type { PoamFacts, Snapshot } from '../src/modules/reports/snapshot/snapshot.ts';
import { fedrampPoamWorkbook } from '../src/modules/reports/workbooks/fedramp-workbook.ts';
import { openWorkbook } from '../src/platform/workbooks/index.ts';
import { measured, median } from './own-cpu.ts';

const { values } = parseArgs({
  options: { poams: { type: 'string', default: '3000' }, runs: { type: 'string', default: '3' } },
});
const [count, runs] = [Number(values.poams), Number(values.runs)];
const aims = { seconds: 2, peakMegabytes: 250 };

const day = (n: number): string =>
  `2026-${String(1 + (n % 12)).padStart(2, '0')}-${String(1 + (n % 28)).padStart(2, '0')}`;
const severities = ['Critical', 'High', 'Medium', 'Low'] as const;

const poams = Array.from({ length: count }, (_, n): PoamFacts => ({
  poamId: `P-${n}`,
  remoteId: `V-${n}`,
  systemId: 'SYS-1',
  title: `Weakness ${n} of a package that is older than its vendor supports`,
  description: `Found by a scan with credentials on ${1 + (n % 20)} machines. `.repeat(4),
  source: 'scanner',
  controls: ['SI-2', 'RA-5'],
  resources: null,
  cost: null,
  contact: `Owner ${n % 97}`,
  plan: 'Apply the update of the vendor, and scan again. '.repeat(3),
  recommendations: null,
  detectedOn: day(n),
  scheduledOn: day(n + 3),
  firstScheduledOn: null,
  obligedBy: day(n + 1),
  completedOn: null,
  madeOn: day(n),
  changedOn: day(n),
  status: 'Open',
  severity: severities[n % 4] ?? null,
  rating: severities[n % 4] ?? null,
  residual: null,
  relevance: null,
  likelihood: null,
  impact: null,
  impactDescription: null,
  comments: `Comment ${n}`,
  deviationRationale: null,
  cves: [`CVE-2026-${10_000 + n}`],
  kev: null,
  assets: Array.from({ length: 1 + (n % 20) }, (__, at) => ({
    id: `a-${n}-${at}`,
    name: `web-${at}.example.gov`,
    address: `10.0.${at}.${n % 250}`,
    ports: ['443/TCP'],
  })),
  milestones: Array.from({ length: 3 }, (__, at) => ({
    id: `M-${at}`,
    text: `Step ${at} of the plan`,
    scheduledOn: day(n + at),
    plannedOn: day(n + at),
    completedOn: null,
    status: 'Pending',
    comments: null,
    addedOn: null,
    changes: [],
  })),
  weaknesses: [],
  findings: { open: 1 + (n % 20), all: 1 + (n % 20) },
  isReachable: null,
}));
const snapshot: Snapshot = {
  form: 1,
  kind: 'fedramp-poam',
  takenAt: '2026-11-27T00:00:00Z',
  period: { from: '2026-11-01', to: '2026-11-27' },
  generator: 'Tieline bench',
  marking: 'CUI // BENCH',
  scope: { kind: 'everywhere' },
  boundary: 'SYS-1',
  boundaries: [],
  poams,
  deviations: [],
  coverage: [],
  waiting: [],
  controls: [],
  access: [],
  agreement: null,
  closure: [],
  metrics: null,
  exploited: null,
};
const write = () =>
  measured(() =>
    fedrampPoamWorkbook(snapshot, { lateOnly: false, provider: 'Bench', snapshotId: '0'.repeat(64) }),
  );

// The first one alone: what the baseline and reading it again need is not its peak.
const written = [await write()];
const peakMegabytes = Math.round(process.resourceUsage().maxRSS / 1024);
const words = new TextEncoder().encode(JSON.stringify(poams));
const plain = [await measured(() => Promise.resolve(deflateSync(words, { level: 6 })))];
for (let run = 1; run < runs; run++) {
  written.push(await write());
  plain.push(await measured(() => Promise.resolve(deflateSync(words, { level: 6 }))));
}
const bytes = Buffer.from(written[0]?.result.bytes ?? []);
const { sheets } = await openWorkbook('bench.xlsx', bytes);
let rows = 0;
for (const sheet of sheets)
  for await (const { cells } of sheet.rows())
    if (
      cells.some(({ column, value }) => column === 1 && value.kind === 'text' && /^V-\d+$/.test(value.text))
    )
      rows += 1;
const isSame = written.every(({ result }) => bytes.equals(Buffer.from(result.bytes)));
const cpuSeconds = median(written.map((each) => each.cpuSeconds));
console.log(
  JSON.stringify({
    rows,
    bytes: bytes.length,
    cpuSeconds,
    seconds: median(written.map((each) => each.seconds)),
    peakMegabytes,
    aims,
    workbookToDeflate: Number((cpuSeconds / median(plain.map((each) => each.cpuSeconds))).toFixed(2)),
  }),
);
if (rows < count || !isSame) {
  console.error(rows < count ? `Only ${rows} rows.` : 'The same POA&Ms had other bytes.');
  process.exitCode = 1;
}
