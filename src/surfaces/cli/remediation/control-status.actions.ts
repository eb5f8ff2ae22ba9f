/** `controls list|show|edit|propose|proposals|accept|refuse`. */
import { type Actor, everywhere, localOperator } from '../../../canonical/access/index.ts';
import { listProposals, type Proposal, proposeNow } from '../../../modules/controls/index.ts';
import { shownText, TielineError } from '../../../platform/errors/index.ts';
import { type Json, type JsonObject, scalarText } from '../../../platform/values/index.ts';
import { listBoundaryControls } from '../../../review/boundaries/index.ts';
import {
  type ControlDetail,
  decideProposal,
  editControl,
  fetchControl,
} from '../../../review/controls/index.ts';
import { accountName, decider } from '../kit/account.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { fittedTable } from '../kit/fitted-table.ts';
import { type DecisionFlags, rowId } from '../kit/flags.ts';
import { minuteText } from '../kit/instants.ts';

const actorOf = (flags: DecisionFlags): Actor => ({
  ...localOperator(accountName()),
  name: decider(flags).by,
});

export async function list(
  context: CommandContext,
  flags: GlobalFlags,
  [systemId]: readonly [string],
): Promise<void> {
  const controls = await context.host.withApp(flags, ({ db }) =>
    listBoundaryControls(db, everywhere, systemId, { limit: 2000 }),
  );
  if (flags.json) {
    context.printJson('systemControls', { items: controls, next: null });
    return;
  }
  context.print(
    controls.length === 0
      ? 'No control of this system has been read.'
      : fittedTable(
          ['CONTROL', 'STATUS', 'PROPOSED', 'ASSESSMENT', 'NEXT', 'OPEN', 'EVIDENCE', 'AUTOMATION'],
          controls.map((row) => [
            row.controlId,
            row.implementation ?? '–',
            row.proposed ?? '',
            row.assessment ?? '–',
            row.nextAssessment ?? '–',
            `${row.poams.open} POA&Ms, ${row.findings} findings`,
            shownText((row.evidenceRequired ?? []).join('; ')),
            row.automationLevel ?? '',
          ]),
          context.width,
        ),
  );
}

const valueText = (value: Json): string =>
  value === null
    ? '–'
    : Array.isArray(value)
      ? value.map((each) => valueText(each)).join('; ')
      : scalarText(value);

const scansText = ({ facts }: Proposal): string =>
  facts.scans
    .map(({ source, at, findings }) => `${source} at ${at.slice(0, 16)} (${findings} findings)`)
    .join(', ') || 'no scan on record';

const whyText = (proposal: Proposal): string =>
  proposal.code === 'weaknesses_open'
    ? `${proposal.facts.open.length} open under it: ${proposal.facts.open.slice(0, 5).join(', ')}${proposal.facts.open.length > 5 ? ' …' : ''}`
    : `nothing open any more, closed: ${proposal.facts.closed.slice(0, 5).join(', ')}${proposal.facts.closed.length > 5 ? ' …' : ''}`;

function detailLines(of: ControlDetail): string[] {
  const waits = of.proposals.filter(({ settlement }) => settlement === null);
  return [
    `${of.controlId} of ${of.systemId}`,
    ...of.fields
      .filter(({ here }) => here !== null)
      .map(({ field, here }) => `  ${field}: ${shownText(valueText(here))}`),
    ...(of.under.length === 0 ? ['  Nothing is filed under it.'] : ['  Under it:']),
    ...of.under.map(
      (each) =>
        `    ${each.id}  ${each.severity ?? ''}  ${each.isOpen ? 'open' : (each.status ?? '')}${each.lastSeen === null ? '' : `, last seen ${minuteText(each.lastSeen)}`}`,
    ),
    ...waits.map(
      (proposal) =>
        `  Proposed: ${proposal.proposed}, because ${whyText(proposal)}. Scans: ${scansText(proposal)}. Decide: tieline controls accept|refuse ${proposal.id}`,
    ),
  ];
}

export async function show(
  context: CommandContext,
  flags: GlobalFlags,
  [systemId, controlId]: readonly [string, string],
): Promise<void> {
  const control = await context.host.withApp(flags, (app) =>
    fetchControl(app, everywhere, { systemId, controlId }),
  );
  if (flags.json) context.printJson('controlDetail', control);
  else context.print(detailLines(control).join('\n'));
}

const numbers: ReadonlySet<string> = new Set(['assessment_frequency_months']);
const lists: ReadonlySet<string> = new Set(['evidence_required']);

/** Of a list the members are parted by semicolons; nothing behind the sign empties a field. */
function valueIn(field: string, text: string): Json {
  if (text.trim() === '') return null;
  if (numbers.has(field)) return Number(text);
  if (!lists.has(field)) return text.trim();
  return text
    .split(';')
    .map((each) => each.trim())
    .filter((each) => each !== '');
}

function changesIn(pairs: readonly string[]): JsonObject {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      if (at <= 0) throw new TielineError('USAGE', `--set takes field=value, not "${pair}".`);
      const field = pair.slice(0, at).trim();
      return [field, valueIn(field, pair.slice(at + 1))];
    }),
  );
}

export async function edit(
  context: CommandContext,
  flags: DecisionFlags & { readonly set: string[] },
  [systemId, controlId]: readonly [string, string],
): Promise<void> {
  const outcome = await context.host.withApp(flags, (app) =>
    editControl(app, actorOf(flags), everywhere, {
      systemId,
      controlId,
      changes: changesIn(flags.set),
      reason: flags.reason,
    }),
  );
  if (flags.json) context.printJson('recordEdited', outcome);
  else if (outcome.changes.length === 0) context.print('No changes: it is already so.');
  else
    context.print(
      outcome.changes
        .map(({ field, before, after }) => `${field}: ${valueText(before)} → ${valueText(after)}`)
        .join('\n'),
    );
}

export async function propose(
  context: CommandContext,
  flags: GlobalFlags & { readonly system?: string },
): Promise<void> {
  const outcome = await context.host.withApp(flags, (app) => proposeNow(app, everywhere, flags.system));
  if (flags.json) context.printJson('controlProposed', outcome);
  else
    context.print(
      `${outcome.looked} controls looked at: ${outcome.opened} new proposals, ${outcome.lapsed} lapsed. See: tieline controls proposals`,
    );
}

export async function proposals(
  context: CommandContext,
  flags: GlobalFlags & { readonly system?: string; readonly all: boolean },
): Promise<void> {
  const found = await context.host.withApp(flags, ({ db }) =>
    listProposals(db, everywhere, { waits: !flags.all, systemId: flags.system, limit: 1000 }),
  );
  if (flags.json) context.printJson('controlProposals', found);
  else
    context.print(
      found.length === 0
        ? 'Nothing is proposed.'
        : fittedTable(
            ['ID', 'SYSTEM', 'CONTROL', 'IS', 'PROPOSED', 'WHY', 'SCANS', 'STATE'],
            found.map((each) => [
              String(each.id),
              each.systemId,
              each.controlId,
              each.present ?? '–',
              each.proposed,
              whyText(each),
              scansText(each),
              each.settlement === null
                ? 'waits'
                : `${each.settlement}${each.settledBy === null ? '' : ` by ${shownText(each.settledBy)}`}`,
            ]),
            context.width,
          ),
    );
}

async function decide(
  context: CommandContext,
  flags: DecisionFlags,
  decision: { readonly id: string; readonly accepted: boolean },
): Promise<void> {
  const { proposal, edit: done } = await context.host.withApp(flags, (app) =>
    decideProposal(app, actorOf(flags), everywhere, {
      id: rowId(decision.id),
      accepted: decision.accepted,
      reason: flags.reason,
    }),
  );
  if (flags.json) context.printJson('proposalDecided', { proposal, edit: done });
  else
    context.print(
      decision.accepted
        ? `${proposal.controlId} of ${proposal.systemId} is ${proposal.proposed} here. The next sync sends it: tieline sync run`
        : `Refused. It is proposed again only when something graver opens, or more is closed.`,
    );
}

export const accept = (
  context: CommandContext,
  flags: DecisionFlags,
  [id]: readonly [string],
): Promise<void> => decide(context, flags, { id, accepted: true });
export const refuse = (
  context: CommandContext,
  flags: DecisionFlags,
  [id]: readonly [string],
): Promise<void> => decide(context, flags, { id, accepted: false });
