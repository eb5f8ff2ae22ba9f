export { fetchTrust, setTrust, type TrustStep, tryTrust } from './trust.ts';
