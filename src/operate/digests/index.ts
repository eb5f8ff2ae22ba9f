export { fetchDigest, listDigests, sendDueDigests, setDigest, stopDigest, type Digest } from './digests.ts';
