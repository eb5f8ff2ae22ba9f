export { openAssetSink, openComplianceSink, openFindingSink, SeenPlugins } from './bulk-sinks.ts';
export { openFactSink } from './fact-sinks.ts';
export { findingPreparer, type PreparedFinding } from './prepare-finding.ts';
