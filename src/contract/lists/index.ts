/** Shapes of the lists of the record: the same rows on the command line, in the API and in exports. */
export { assetDetail, assetRows } from './assets.ts';
export { finding, findingDetail, findingGroupRows, findingRows, pluginDetail } from './findings.ts';
