/** `npm run bench`: the imports; `npm run bench -- correlation`: which asset is which component, against what the simulators know; `-- paper`: a report of 200 pages; `-- workbook`: 3,000 POA&Ms for FedRAMP. */
if (process.argv[2] === 'correlation') {
  process.argv.splice(2, 1);
  await import('./correlation.ts');
} else if (process.argv[2] === 'paper') {
  process.argv.splice(2, 1);
  await import('./paper.ts');
} else if (process.argv[2] === 'workbook') {
  process.argv.splice(2, 1);
  await import('./workbook.ts');
} else await import('./import.ts');
