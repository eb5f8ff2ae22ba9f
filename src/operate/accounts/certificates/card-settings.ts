/** What the settings of cards lack: `serve` does not start with it, and `serve check-cac` names it. */
import type { AccessSettings } from '../../../platform/config/index.ts';
import type { FieldFault } from '../../../platform/errors/index.ts';

type CardSettings = Pick<
  AccessSettings,
  | 'cacPort'
  | 'cacProxyHeader'
  | 'cacProxySecret'
  | 'cacProxyCertificates'
  | 'clientCaFile'
  | 'consoleUrl'
  | 'tlsCertificateFile'
  | 'trustedProxies'
>;

/** Pure. */
export function faultsOfCardSettings(settings: CardSettings): FieldFault[] {
  const { cacPort, cacProxyHeader, cacProxySecret, cacProxyCertificates } = settings;
  const { clientCaFile, consoleUrl, tlsCertificateFile, trustedProxies } = settings;
  const faults: [boolean, string, string][] = [
    [
      cacPort !== undefined && consoleUrl === undefined,
      'console_url',
      'must say where browsers are led back to (https://…)',
    ],
    [
      cacPort !== undefined && tlsCertificateFile === undefined,
      'tls_cert',
      'is needed by cac_port: cards are asked for over TLS',
    ],
    [
      cacProxyHeader !== undefined && trustedProxies === undefined,
      'trusted_proxies',
      'must name the address of the proxy that sends certificates',
    ],
    [
      cacProxyHeader !== undefined && cacProxySecret === undefined && cacProxyCertificates === undefined,
      'cac_proxy_secret',
      'is needed, or cac_proxy_certificates: an address alone proves no proxy',
    ],
    [
      cacProxyCertificates !== undefined && (clientCaFile === undefined || tlsCertificateFile === undefined),
      'client_ca_file',
      'is needed by cac_proxy_certificates, with tls_cert: without it nobody is asked for a certificate',
    ],
    [
      clientCaFile !== undefined && tlsCertificateFile === undefined,
      'tls_cert',
      'is needed by client_ca_file',
    ],
  ];
  return faults.flatMap(([isLacking, field, message]) => (isLacking ? [{ field, message }] : []));
}
