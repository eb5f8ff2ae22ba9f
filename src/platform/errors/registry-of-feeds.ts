/** Codes of loading threat feeds; a part of the registry (registry.ts). */
export const feedErrors = {
  FEED_INVALID: {
    meaning:
      'The file of a threat feed, or the manifest of a bundle, is broken, cut off, or something else; the message says where and which rule it breaks. Nothing of it was stored.',
    remedy: 'Fetch the file again, whole and unchanged; docs/intelligence.md says which files are read.',
    exitCode: 1,
    retryable: false,
  },
  FEED_OLDER: {
    meaning: 'The file of a threat feed is older than what is loaded already. Nothing of it was stored.',
    remedy: 'Load a newer file. To go back on purpose: --force "why".',
    exitCode: 2,
    retryable: false,
  },
  FEED_INCOMPLETE: {
    meaning:
      'The file of a threat feed lacks so many entries which were listed before that it is taken for incomplete. Nothing of it was stored.',
    remedy: 'Fetch the file again. If the publisher did withdraw them: --force "why".',
    exitCode: 2,
    retryable: false,
  },
} as const;
