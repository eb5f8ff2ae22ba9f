/**
 * Who decided, as a page shows it: a person's name, or what a rule or a policy says. The API marks the two by a prefix, for programs.
 */
export const deciderWords = (by: string): string =>
  by.replace(/^rule:/, 'a rule: ').replace(/^policy:/, 'a policy: ');
