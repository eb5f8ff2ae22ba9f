/** The settings of signing in with cards (CAC, PIV), directly or behind a proxy, and of certificates of programs. */
import { z } from 'zod';
import { Secret } from '../values/index.ts';
import { listed } from './listed.ts';

const file = z.string().min(1);
const fingerprint = z
  .string()
  .transform((text) => text.replaceAll(':', '').toLowerCase())
  .pipe(
    z
      .string()
      .regex(/^[0-9a-f]{64}$/, 'must be SHA-256 fingerprints: 64 hexadecimal digits, with or without colons'),
  );
const fingerprints = z.string().transform(listed).pipe(z.array(fingerprint).min(1).max(200)).optional();
const headerName = z
  .string()
  .regex(/^[A-Za-z0-9-]{3,100}$/, 'must be the name of a header: letters, digits and -')
  .transform((text) => text.toLowerCase());

export const certificateSettings = {
  cacPort: {
    env: 'TIELINE_CAC_PORT',
    key: 'cac_port',
    type: z.coerce.number().int().min(0).max(65_535).optional(),
    description:
      'A second port of `serve`, which asks browsers for the certificate of a card (CAC, PIV). With it, `cac_ca_file` and `cac_crl`, people sign in with their cards; it needs `tls_cert`. The first port asks no browser.',
    example: '8444',
  },
  cacUrl: {
    env: 'TIELINE_CAC_URL',
    key: 'cac_url',
    type: z.url({ protocol: /^https$/ }).optional(),
    description:
      'Where browsers reach that port. Default: the host of `console_url`, or the one they came to, with `cac_port`.',
    example: 'https://tieline.example:8444',
  },
  cacCaFile: {
    env: 'TIELINE_CAC_CA_FILE',
    key: 'cac_ca_file',
    type: file.optional(),
    description:
      'PEM file with every authority of the cards, from the one that issues them up to the root. No others are trusted for signing in.',
    example: '/etc/tieline/dod-authorities.pem',
  },
  cacCrl: {
    env: 'TIELINE_CAC_CRL',
    key: 'cac_crl',
    type: z.string().transform(listed).pipe(z.array(file).min(1).max(1000)).optional(),
    description:
      'Files, or directories of files, by commas: the lists of revoked certificates (CRL, PEM or DER) of each of these authorities. They are read again when they change. Without the list of its authority no card is accepted.',
    example: '/var/lib/tieline/crl',
  },
  cacCrlGraceHours: {
    env: 'TIELINE_CAC_CRL_GRACE_HOURS',
    key: 'cac_crl_grace_hours',
    type: z.coerce.number().int().min(0).max(720).default(0),
    description:
      'How many hours a list counts after its next update was due. Then cards of that authority are refused.',
    example: '24',
  },
  cacIssuers: {
    env: 'TIELINE_CAC_ISSUERS',
    key: 'cac_issuers',
    type: fingerprints,
    description:
      'SHA-256 fingerprints, by commas, of the authorities whose cards sign in. Without it: each in `cac_ca_file`. `tieline serve check-cac` prints them.',
    example: '4F:1A:…:09',
  },
  cacPolicies: {
    env: 'TIELINE_CAC_POLICIES',
    key: 'cac_policies',
    type: z
      .string()
      .transform(listed)
      .pipe(
        z
          .array(
            z.string().regex(/^[0-2](\.\d+)+$/, 'must be object identifiers, as 2.16.840.1.101.2.1.11.42'),
          )
          .min(1),
      )
      .optional(),
    description:
      'Certificate policies (object identifiers, by commas), one of which a card must bear. Without it: any.',
    example: '2.16.840.1.101.2.1.11.42, 2.16.840.1.101.3.2.1.3.13',
  },
  cacIdentity: {
    env: 'TIELINE_CAC_IDENTITY',
    key: 'cac_identity',
    type: z.enum(['upn', 'subject', 'email']).default('upn'),
    description:
      'What of the certificate says whose it is: `upn` (the user principal name, as 1234567890@mil), `subject` (its subject and its issuer), or `email`.',
    example: 'upn',
  },
  cacTitle: {
    env: 'TIELINE_CAC_TITLE',
    key: 'cac_title',
    type: z.string().min(1).max(100).default('Smart card (CAC, PIV)'),
    description: 'What the button on the sign-in page is called.',
    example: 'CAC',
  },
  cacProxyHeader: {
    env: 'TIELINE_CAC_PROXY_HEADER',
    key: 'cac_proxy_header',
    type: headerName.optional(),
    description:
      'The header in which a proxy sends the certificate that it verified: `Client-Cert` (RFC 9440), or any other one with the URL-escaped PEM. It also needs `trusted_proxies`, and `cac_proxy_secret` or `cac_proxy_certificates`.',
    example: 'X-SSL-Client-Cert',
  },
  cacProxyVerifyHeader: {
    env: 'TIELINE_CAC_PROXY_VERIFY_HEADER',
    key: 'cac_proxy_verify_header',
    type: headerName.default('x-ssl-client-verify'),
    description:
      'The header in which the proxy says SUCCESS of a certificate that it verified. Needed with the escaped PEM; with `Client-Cert` it must say so where it is sent.',
    example: 'X-SSL-Client-Verify',
  },
  cacProxySecret: {
    env: 'TIELINE_CAC_PROXY_SECRET',
    key: 'cac_proxy_secret',
    type: z
      .string()
      .regex(
        /^[\x21-\x7e]{32,200}$/,
        'must have 32 to 200 letters, digits and signs, as `openssl rand -hex 32` prints',
      )
      .transform((text) => new Secret(text))
      .optional(),
    description: 'What the proxy sends in `cac_proxy_secret_header`, to prove that it is the proxy.',
    example: 'the output of: openssl rand -hex 32',
    secret: true,
  },
  cacProxySecretHeader: {
    env: 'TIELINE_CAC_PROXY_SECRET_HEADER',
    key: 'cac_proxy_secret_header',
    type: headerName.default('x-tieline-proxy'),
    description: 'The header for that secret.',
    example: 'X-Tieline-Proxy',
  },
  cacProxyCertificates: {
    env: 'TIELINE_CAC_PROXY_CERTIFICATES',
    key: 'cac_proxy_certificates',
    type: fingerprints,
    description:
      'SHA-256 fingerprints, by commas, of the certificate by which the proxy proves itself to `serve` (mTLS), in place of a secret; needs `client_ca_file`.',
    example: '9C:22:…:E0',
  },
  clientCaFile: {
    env: 'TIELINE_CLIENT_CA_FILE',
    key: 'client_ca_file',
    type: file.optional(),
    description:
      'PEM file with the authorities (or the certificates themselves) of programs and proxies that show a certificate to `serve`. With it the first port asks for one: needed by tokens that are bound to a certificate, and by `cac_proxy_certificates`. A browser that holds none of these authorities is not asked.',
    example: '/etc/tieline/programs-ca.pem',
  },
} as const;
