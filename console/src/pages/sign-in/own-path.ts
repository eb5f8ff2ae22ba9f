/** An address of ours only: `//elsewhere` and `/\\elsewhere` would lead away. */
export const ownPath = (next: string | undefined): string =>
  next !== undefined && /^\/(?![/\\])/.test(next) ? next : '/';
