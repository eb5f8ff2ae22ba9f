/** `sync plan` prints the document that `sync apply` reads, and has one definition with it. */
export { planDocument } from '../canonical/vocabulary/index.ts';
