/** From a snapshot to the bytes of a report, by kind. What makes a kind is loaded when one is made. */
import type { Draft } from './papers/draft.ts';
import type { RenderedFile, ToRender } from './rendered.ts';
import type { ReportKindName } from './kinds.ts';

type Renderer = (what: ToRender) => Promise<RenderedFile>;

async function verRenderer(kind: 'detail' | 'accepted' | 'history'): Promise<Renderer> {
  const { verReport } = await import('./ver/ver-report.ts');
  return ({ snapshot, parameters }) => verReport(kind, snapshot, parameters['overview'] ?? '');
}

/** What becomes a PDF: its draft, and its printing, which are loaded when it is made. */
const paper = (draftOf: () => Promise<(what: ToRender) => Draft>) => async (): Promise<Renderer> => {
  const draft = await draftOf();
  const { printDraft } = await import('./papers/draft.ts');
  return (what) => printDraft(draft(what), what);
};

const renderers: Readonly<Record<ReportKindName, () => Promise<Renderer>>> = {
  'fedramp-poam': async () => {
    const { fedrampPoamWorkbook } = await import('./workbooks/fedramp-workbook.ts');
    return ({ snapshot, snapshotId, parameters }) =>
      fedrampPoamWorkbook(snapshot, {
        lateOnly: parameters['items'] === 'late',
        provider: parameters['provider'] ?? '',
        snapshotId,
      });
  },
  'deviation-requests': async () => {
    const { deviationRequestForm } = await import('./workbooks/deviation-form.ts');
    return ({ snapshot, snapshotId, parameters }) =>
      Promise.resolve(
        deviationRequestForm(snapshot, { onlyOpen: parameters['state'] !== 'all', snapshotId }),
      );
  },
  'deviation-package': async () => {
    const { deviationPackage } = await import('./packages/deviation-package.ts');
    return deviationPackage;
  },
  'emass-poam': async () => {
    const { emassWorkbook } = await import('./workbooks/emass-workbook.ts');
    return ({ snapshot, snapshotId, input }) => emassWorkbook({ snapshot, snapshotId }, input);
  },
  'oscal-poam': async () => {
    const { oscalPoam } = await import('./oscal/oscal-poam.ts');
    return ({ snapshot, parameters }) =>
      oscalPoam(snapshot, {
        version: parameters['version'] === '1.2.1' ? '1.2.1' : '1.0.4',
        ssp: parameters['ssp'] ?? '',
      });
  },
  'metrics-pack': async () => {
    const { metricsPack } = await import('./workbooks/tables.ts');
    return (what) => Promise.resolve(metricsPack(what));
  },
  'kev-workbook': async () => {
    const { exploitedWorkbook } = await import('./workbooks/tables.ts');
    return (what) => Promise.resolve(exploitedWorkbook(what));
  },
  'controls-workbook': async () => {
    const { controlsWorkbook } = await import('./workbooks/tables.ts');
    return (what) => Promise.resolve(controlsWorkbook(what));
  },
  'agreement-workbook': async () => {
    const { agreementWorkbook } = await import('./workbooks/tables.ts');
    return (what) => Promise.resolve(agreementWorkbook(what));
  },
  'ver-detail': () => verRenderer('detail'),
  'ver-accepted': () => verRenderer('accepted'),
  'ver-history': () => verRenderer('history'),
  'executive-summary': paper(async () => {
    const { executiveSummary } = await import('./papers/executive-summary.ts');
    return ({ snapshot, parameters }) => executiveSummary(snapshot, parameters['statement'] ?? '');
  }),
  'boundary-posture': paper(async () => {
    const { boundaryPosture } = await import('./papers/boundary-posture.ts');
    return ({ snapshot, parameters }) => boundaryPosture(snapshot, Number(parameters['ahead'] ?? 7));
  }),
  'ao-briefing': paper(async () => {
    const { aoBriefing } = await import('./papers/ao-briefing.ts');
    return ({ snapshot }) => aoBriefing(snapshot);
  }),
  'kev-status': paper(async () => {
    const { kevStatus } = await import('./papers/kev-status.ts');
    return ({ snapshot }) => kevStatus(snapshot);
  }),
  'ver-overview': paper(async () => {
    const { verOverview } = await import('./papers/ver-overview.ts');
    return ({ snapshot }) => verOverview(snapshot);
  }),
  'deviations-register': paper(async () => {
    const { deviationsRegister } = await import('./papers/deviations-register.ts');
    return ({ snapshot, parameters }) => deviationsRegister(snapshot, parameters['state'] !== 'all');
  }),
  'sync-agreement': paper(async () => {
    const { syncAgreement } = await import('./papers/sync-agreement.ts');
    return ({ snapshot }) => syncAgreement(snapshot);
  }),
  'access-review': paper(async () => {
    const { accessReview } = await import('./papers/access-review.ts');
    return ({ snapshot }) => accessReview(snapshot);
  }),
  'closure-evidence': async () => {
    const { closurePackage } = await import('./packages/closure-package.ts');
    return closurePackage;
  },
};

/** @throws TielineError REPORT_EMPTY, REPORT_INPUT_INVALID, REPORT_NOT_VALID; CANCELLED by its signal. */
export async function renderReport(kind: ReportKindName, what: ToRender): Promise<RenderedFile> {
  const render = await renderers[kind]();
  what.signal.throwIfAborted();
  return render(what);
}
