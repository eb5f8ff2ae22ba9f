/** The fields of a boundary that name people, and by which a grant can be given: where the field names the account, it holds. */
export const namedInFields = ['isso', 'owner', 'ao'] as const;
export type NamedIn = (typeof namedInFields)[number];

export const namedInWords: Readonly<Record<NamedIn, string>> = {
  isso: 'ISSO',
  owner: 'system owner',
  ao: 'authorizing official',
};
