export { headFileOf, publishHeads, readHeads } from './head-file.ts';
export { fetchLastVerification } from './verifications.sql.ts';
export { type Verified, verifySecurityLog } from './verify-security-log.ts';
export {
  fetchForwardingState,
  type ForwardingState,
  forwardSecurityLog,
  setForwarding,
  testForwarding,
} from './forward/forward.ts';
export { type ForwardingSettings } from './forward/forwarding.sql.ts';
export { securityLogWatch, watchSecurityLog } from './watch-security-log.ts';
