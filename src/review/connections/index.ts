export { fetchTrust, setTrust, tryTrust } from './trust.ts';
