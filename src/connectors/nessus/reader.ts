import type { ScanFileReader } from '../kit/index.ts';
import { scanFileMappings } from './mappings.ts';
import { openScanFiles } from './open-scan-files.ts';
import { usualLimits } from './scan-file-fault.ts';
import { isTimeZone } from './scan-times.ts';

/** .nessus version 2, and the CSV exports of Tenable VM, Security Center and Nessus; plain, gzipped or zipped. */
export const scanFileReader: ScanFileReader = {
  systemType: 'scan_files',
  title: 'Nessus scan file',
  pluginsOf: 'Tenable',
  mappings: scanFileMappings,
  endings: ['.nessus', '.xml', '.csv', '.zip', '.gz'],
  open: (path, timeZone, within) => openScanFiles(path, usualLimits, { timeZone, within }),
  isTimeZone,
};
