export { fetchDigest, listDigests, sendDueDigests, setDigest, stopDigest, type Digest } from './digests.ts';
export { findDigestChannel } from './digests.sql.ts';
