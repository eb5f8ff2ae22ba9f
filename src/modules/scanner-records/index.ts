export { openAssetSink, openComplianceSink, openFindingSink, SeenPlugins } from './bulk-sinks.ts';
export { openFactSink } from './fact-sinks.ts';
