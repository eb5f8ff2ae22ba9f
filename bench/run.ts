/** `npm run bench`: the imports; `npm run bench -- correlation`: which asset is which component, against what the simulators know. */
if (process.argv[2] === 'correlation') {
  process.argv.splice(2, 1);
  await import('./correlation.ts');
} else await import('./import.ts');
