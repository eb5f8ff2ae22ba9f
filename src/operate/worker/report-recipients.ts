/**
 * Tells the recipients of a schedule that its report is ready. A person here gets what their own grants allow: who may not read all that it
 * covers is told nothing, and the report says so; for who may, it is a row of the inbox until it is opened, and a mail. Somebody outside is
 * sent the file itself, with an entry of the accounting of disclosures in the same transaction. Every mail bears the marking; its text says
 * nothing of any finding.
 */
import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import { isInside, nowhere, type Scope, scopeFor } from '../../canonical/access/index.ts';
import type { App } from '../../engine/run/index.ts';
import { recordAccess } from '../../ledger/security/index.ts';
import { findMailChannel, insertDeliveries } from '../../modules/alerts/index.ts';
import { recordDisclosure } from '../../modules/privacy/index.ts';
import {
  fetchReport,
  isAllowedAddress,
  listToTell,
  noReportMail,
  recordReportDelivery,
  type ReportDeliveryOutcome,
  type ReportMail,
  type ToTell,
} from '../../modules/reports/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import type { JsonObject } from '../../platform/values/index.ts';
import { actorOf } from '../accounts/index.ts';
import { ownerOf } from './report-schedules.ts';

/** What is to become of one recipient. */
interface Settled {
  readonly outcome: ReportDeliveryOutcome;
  /** Where a mail goes to; null: none does. */
  readonly mailTo: string | null;
  readonly principalId: string | null;
}

const scopeOf = ({ everywhere, systemIds, unassigned }: ToTell): Scope =>
  everywhere ? { kind: 'everywhere' } : { kind: 'boundaries', systemIds, unassigned };

const isAttachable = ({ attachBytes }: ReportMail, { bytes, sha256 }: ToTell): boolean =>
  sha256 !== null && bytes !== null && bytes <= attachBytes;

async function settlePerson(app: App, each: ToTell, hasChannel: boolean): Promise<Settled> {
  const { recipient, reportId, address } = each;
  const nothing = { mailTo: null, principalId: null };
  const actor = await actorOf(app, recipient);
  if (!actor) return { outcome: 'not_active', ...nothing };
  try {
    await fetchReport(app, actor, reportId);
  } catch (error) {
    if (error instanceof TielineError && error.code === 'REPORT_UNKNOWN')
      return { outcome: 'no_right', ...nothing };
    throw error;
  }
  const { principalId } = actor;
  if (address === null) return { outcome: 'no_address', mailTo: null, principalId };
  return hasChannel
    ? { outcome: 'told', mailTo: address, principalId }
    : { outcome: 'no_channel', mailTo: null, principalId };
}

/** What leaves is judged as it leaves: by the settings and the owner's rights of now. */
async function settleOutside(app: App, each: ToTell, hasChannel: boolean): Promise<Settled> {
  const mail = app.reportMail ?? noReportMail;
  const kept = (outcome: ReportDeliveryOutcome): Settled => ({ outcome, mailTo: null, principalId: null });
  if (!isAllowedAddress(mail.domains, each.recipient)) return kept('domain_not_allowed');
  const owner = await ownerOf(app, each);
  const held = (owner && scopeFor(owner, 'finding:export', app.now())) ?? nowhere;
  if (!isInside(scopeOf(each), held)) return kept('owner_may_not');
  if (!isAttachable(mail, each)) return kept('not_attachable');
  if (!hasChannel) return kept('no_channel');
  return { outcome: 'disclosed', mailTo: each.recipient, principalId: null };
}

const minute = (at: Date): string => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;

function contentOf(each: ToTell, isAttached: boolean): JsonObject {
  const { title, schedule, format, dataAsOf, reportId, sha256, fileName, mediaType, outside } = each;
  const facts = [
    ...(outside
      ? [`Purpose: ${outside.purpose}`, `Authority: ${outside.authority}`]
      : [`Schedule: ${schedule}`]),
    `Format: ${format}`,
    ...(dataAsOf === null ? [] : [`Data as of: ${minute(dataAsOf)}`]),
    `Report: ${reportId}`,
    ...(isAttached ? [`SHA-256 of the attached file: ${sha256 ?? ''}`] : []),
  ];
  return {
    line: `${title} is ready`,
    lines: [
      ...facts,
      ...(isAttached ? [] : ['', 'Sign in to fetch its file; this mail holds nothing of what it says.']),
    ],
    ...(outside ? { isOutside: true } : {}),
    ...(isAttached
      ? {
          attachment: {
            sha256,
            fileName: fileName ?? `report-${reportId}`,
            mediaType: mediaType ?? 'application/octet-stream',
          },
        }
      : {}),
  };
}

/** The entry of the accounting of disclosures; whose records it holds nobody looked up, so that it is in everybody's. */
const disclose = (db: Kysely<Database>, each: ToTell, now: Date): Promise<string | null> =>
  each.outside === null
    ? Promise.resolve(null)
    : recordDisclosure(db, {
        nature: 'report',
        what: `${each.title}, ${each.boundary ?? 'all boundaries of its maker'}`,
        item: { type: 'generated_report', id: each.reportId },
        purpose: each.outside.purpose,
        recipient: each.outside.recipient,
        address: each.outside.address,
        authority: each.outside.authority,
        scope: scopeOf(each),
        ...(each.sha256 === null ? {} : { fileSha256: each.sha256 }),
        at: now,
        by: {
          name: each.owner ?? 'schedule',
          ...(each.ownerPrincipal === null ? {} : { principalId: each.ownerPrincipal }),
        },
      });

/** Writes what became of one recipient, and the mail with it. @returns whether a mail was written. */
async function settle(
  app: App,
  each: ToTell,
  {
    settled,
    channelId,
    now,
  }: { readonly settled: Settled; readonly channelId: number | undefined; readonly now: Date },
): Promise<boolean> {
  const { outcome, mailTo, principalId } = settled;
  const { reportId, recipient, boundary } = each;
  const isMailed = mailTo !== null && channelId !== undefined;
  const deliveryId = isMailed ? randomUUID() : null;
  const isAttached = isMailed && isAttachable(app.reportMail ?? noReportMail, each);
  return app.store.transaction(async ({ db }) => {
    const disclosureId = outcome === 'disclosed' ? await disclose(db, each, now) : null;
    const delivery = { reportId, recipient, outcome, deliveryId, principalId, isAttached, disclosureId, now };
    if (!(await recordReportDelivery(db, delivery))) throw new AlreadyTold();
    if (!isMailed || deliveryId === null) return false;
    await insertDeliveries(db, [
      {
        id: deliveryId,
        channelId,
        alertId: null,
        event: 'report',
        content: contentOf(each, isAttached),
        recipient: mailTo,
        at: now,
      },
    ]);
    if (isAttached)
      await recordAccess(db, {
        at: now,
        origin: { way: 'none' },
        resource: { type: 'report', id: reportId, ...(boundary === null ? {} : { boundary }) },
        action: 'export',
        method: 'report',
      });
    return true;
  });
}

/** Another worker settled this recipient meanwhile: nothing of ours may stand, an entry of the accounting least of all. */
class AlreadyTold extends Error {}

/** @returns how many mails were written. */
export async function tellRecipients(app: App): Promise<number> {
  const now = app.now();
  const waiting = await listToTell(app.db, now);
  if (waiting.length === 0) return 0;
  const channelId = await findMailChannel(app.db);
  const hasChannel = channelId !== undefined;
  let told = 0;
  for (const each of waiting) {
    const settled = await (each.outside === null ? settlePerson : settleOutside)(app, each, hasChannel);
    try {
      if (await settle(app, each, { settled, channelId, now })) told += 1;
    } catch (error) {
      if (!(error instanceof AlreadyTold)) throw error;
    }
  }
  return told;
}
