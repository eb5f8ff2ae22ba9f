import { deriveUuid } from '../../platform/values/index.ts';

/**
 * The identity of a finding: asset, plugin, port and protocol; the scan is not a part of it (decision 0008).
 * @param finding.asset_uuid in whatever case. @param finding.protocol lower case.
 */
export function findingKey(finding: {
  readonly asset_uuid: string;
  readonly plugin_id: string;
  readonly port: number;
  readonly protocol: string;
}): string {
  return deriveUuid(
    'finding',
    finding.asset_uuid.toLowerCase(),
    finding.plugin_id,
    String(finding.port),
    finding.protocol,
  );
}
