/** How large an invented world is, and how its rows are drawn: by SQL, the same each time. */

export interface WorldSize {
  readonly findings: number;
  readonly assets: number;
  readonly systems: number;
  readonly plugins: number;
  readonly poams: number;
}
export const fullSize: WorldSize = {
  findings: 1_000_000,
  assets: 20_000,
  systems: 200,
  plugins: 3000,
  poams: 20_000,
};

/** A smaller world of the same proportions; the systems stay as many, for people see some of them. */
export const sizeOf = (findings: number): WorldSize => ({
  ...fullSize,
  findings,
  assets: Math.max(Math.round(findings / 50), 400),
  poams: Math.max(Math.round(findings / 50), 400),
});

/** A number from 0 to below `below` that looks random and is the same each time; `of` is an expression, `salt` tells draws apart. */
export const drawn = (of: string, salt: number, below: string | number): string =>
  `(((hashint8(((${of})::bigint * 31 + ${salt}) * 2654435761 + ${salt}) & 2147483647)::bigint) % (${below}))`;
export const uuidOf = (kind: string, of: string): string => `md5('${kind}' || (${of}))::uuid`;
export const systemId = (of: string): string => `'SYS-' || lpad((${of})::text, 3, '0')`;
