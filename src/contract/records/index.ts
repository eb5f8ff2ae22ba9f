export * from './acceptances.ts';
export * from './assets.ts';
export * from './links.ts';
export * from './matches.ts';
export * from './poams.ts';
export * from './scan-files.ts';
export * from './scans.ts';
export * from './systems.ts';
