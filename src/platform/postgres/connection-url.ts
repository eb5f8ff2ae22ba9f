/** DATABASE_URL as pg is given it, and what to do where a connection is refused. */

/** Names that pg treats as verify-full, and warns of in eight lines at each connection. libpq means less by them. */
const treatedAsVerifyFull: ReadonlySet<string | null> = new Set(['prefer', 'require', 'verify-ca']);

/**
 * The URL with the one name of TLS that pg means by all of them: the server's certificate is checked. Without `sslmode` the
 * connection is not encrypted. A URL that asks for libpq's meaning (uselibpqcompat) keeps it.
 */
export function withCheckedTls(text: string): string {
  if (!URL.canParse(text)) return text;
  const url = new URL(text);
  const { searchParams } = url;
  if (!treatedAsVerifyFull.has(searchParams.get('sslmode')) || searchParams.get('uselibpqcompat') === 'true')
    return text;
  searchParams.set('sslmode', 'verify-full');
  return url.href;
}

const byCode: Readonly<Record<string, string>> = {
  '28P01': 'The user or the password in DATABASE_URL is wrong; special characters are percent-encoded there.',
  '28000':
    'No rule of the server lets this user in from here: see its pg_hba.conf, or add sslmode=verify-full if it wants TLS.',
  '3D000': 'Make the database that DATABASE_URL names (createdb), or correct its name.',
  '42501':
    'The role may not connect to this database: grant it CONNECT, or name another role in DATABASE_URL.',
  '53300': 'The server has no connection left: raise max_connections, or end some.',
  '57P03': 'The server is just starting or stopping: try again in a moment.',
};
const certificate = /certificate|self.signed|CERT_|altnames/i;

/** What to do about a refused connection, where it says more than that the server does not answer. */
export function remedyOfRefusal(cause: unknown): string | undefined {
  if (!(cause instanceof Error)) return undefined;
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  // PostgreSQL has one code for a role that is missing and for one that pg_hba.conf does not let in.
  if (/role ".*" does not exist/.test(cause.message))
    return 'Correct the user in DATABASE_URL, or create the role on the server (createuser).';
  if (byCode[code] !== undefined) return byCode[code];
  if (/does not support SSL/.test(cause.message))
    return 'The server has no TLS: let it have a certificate, or leave sslmode out of DATABASE_URL.';
  if (certificate.test(`${code} ${cause.message}`))
    return "The server's certificate is not trusted: name its authority's PEM file with sslrootcert=FILE in DATABASE_URL.";
  return undefined;
}
