export type { AcceptanceEntry } from './acceptances.sql.ts';
export {
  type AcceptanceRequest,
  addAcceptance,
  checkAcceptance,
  type CheckedAcceptance,
  findAcceptances,
  withdrawAcceptance,
} from './acceptances.ts';
export { acceptanceStep } from './plan-acceptances.ts';
