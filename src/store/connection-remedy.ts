/** SQLSTATE of the refusals by which a server answers a sign-in: it runs, and its name is right. */
const remedies: Readonly<Record<string, string>> = {
  '28P01':
    'The server refused the password: correct it in DATABASE_URL (special characters percent-encoded).',
  '28000':
    'The server refused this role: check the user in DATABASE_URL, whether it may sign in, and pg_hba.conf of the server.',
  '3D000': 'There is no database of that name: correct it in DATABASE_URL, or create it with `createdb`.',
  '42501':
    'The role may not connect to this database: grant it CONNECT, or name another role in DATABASE_URL.',
  '53300': 'The server has no connection left: end some, or raise its max_connections.',
};

/** What helps where no connection came about; undefined: what helps in general. */
export function connectionRemedy(cause: unknown): string | undefined {
  if (!(cause instanceof Error)) return undefined;
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  if (/does not support SSL/i.test(cause.message))
    return 'The server speaks no TLS: leave sslmode out of DATABASE_URL, or set up TLS at the server.';
  if (/self.signed|unable to (get|verify)|certificate/i.test(cause.message))
    return 'The certificate of the server is not trusted: name the PEM file of its authority with NODE_EXTRA_CA_CERTS.';
  return remedies[code];
}
