/**
 * The Asset Criticality Rating (ACR): Tenable computes one for each asset, and an organization that has Lumin may put its own in its
 * place. Set by a job that has no status; the asset shows when it is done. The API can overwrite a rating and not give it back.
 */
import { z } from 'zod';
import type { FieldMapping } from '../../../canonical/mapping/index.ts';
import type { ConnectorContext, WriteResult } from '../../kit/index.ts';
import { readRefusal } from '../../../platform/http/index.ts';
import type { TenableSettings } from '../settings.ts';
import { tenableRefusal, readAnswer, type TenableApi, type TenableRequest } from '../session.ts';

export const acrField = 'acr.score';
export const acrRights =
  'overwriting the ACR takes a Lumin licence and the role Scan Operator [24] or higher.';

export const mapsAcr = (mappings: readonly FieldMapping[]): boolean =>
  mappings.some((each) => each.entityType === 'asset_context' && each.externalField === acrField);

/** A whole number in the document, a text in exports; absent without a Lumin licence. */
const details = z.looseObject({ acr_score: z.coerce.number().nullish() });

/** The rating that an asset shows; null if it shows none, undefined if Tenable does not know the asset. */
export async function findAcr(
  api: TenableApi,
  asset: string,
  signal: AbortSignal,
): Promise<number | null | undefined> {
  const request: TenableRequest = { method: 'GET', path: `/assets/${encodeURIComponent(asset)}`, signal };
  const response = await api.send(request);
  if (response.status === 404) {
    response.body.destroy();
    return undefined;
  }
  if (response.status >= 300) throw await tenableRefusal(request, response);
  return (await readAnswer(request, response, details)).acr_score ?? null;
}

const refused = (message: string): WriteResult => ({
  outcome: 'rejected',
  message: `${acrField}: ${message}`,
  fields: [{ field: acrField, message }],
});

/** Why a value cannot be an ACR; undefined if it can. */
export function faultOfAcr(score: unknown): string | undefined {
  if (score === null)
    return 'an ACR that was overwritten cannot be given back by the API: in Tenable, edit the asset’s ACR and reset it; then `tieline outbox drop` this change.';
  return typeof score === 'number' && Number.isInteger(score) && score >= 1 && score <= 10
    ? undefined
    : 'must be a whole number from 1 to 10.';
}

/** Overwrites the rating of an asset. @returns why it could not be done, or undefined when the asset shows it. */
export async function settleAcr(
  api: TenableApi,
  context: ConnectorContext<TenableSettings>,
  { asset, score }: { readonly asset: string; readonly score: number },
  signal: AbortSignal,
): Promise<WriteResult | undefined> {
  const request: TenableRequest = {
    method: 'POST',
    path: '/api/v2/assets/bulk-jobs/acr',
    json: [
      {
        acr_score: score,
        reason: [context.settings.acr_reason],
        note: 'Set by Tieline from the business record.',
        asset: [{ id: asset }],
      },
    ],
    signal,
  };
  const response = await api.send(request);
  if (response.status === 404) {
    response.body.destroy();
    return { outcome: 'missing', message: `Tenable does not know ${asset}.` };
  }
  if (response.status === 400 || response.status === 403) {
    const said = await readRefusal(response);
    const what = said === '' ? `Tenable answered ${response.status}` : said;
    return refused(
      response.status === 403
        ? `was not overwritten (${what}): ${acrRights} With both, \`tieline outbox retry\`; without, take the mapping of ${acrField} away (\`tieline mappings remove\`).`
        : `was not overwritten: ${what}.`,
    );
  }
  if (response.status >= 300) throw await tenableRefusal(request, response);
  await response.text();
  const until = context.now().getTime() + context.settings.tag_visible_seconds * 1000;
  for (let pauseMs = 100; ; pauseMs = Math.min(pauseMs * 2, 5000)) {
    if ((await findAcr(api, asset, signal)) === score) return undefined;
    if (context.now().getTime() >= until)
      return { outcome: 'unknown', message: `The ACR ${score} was sent but is not yet that of ${asset}.` };
    await context.sleep(pauseMs, signal);
  }
}
