export { fetchFactsOf, readFactsOfRows, readMayChange, readRecordFacts } from './policy-facts.ts';
