/**
 * Checks the import directions of design section 3 (.dependency-cruiser.cjs). dependency-cruiser needs a compiler's
 * JavaScript API, which TypeScript 7 lacks; without @swc/core it looks at nothing and passes, so the number of
 * modules it looked at is held against the number of source files there are.
 */
import { globSync } from 'node:fs';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import extractOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';

const sources = globSync('{src,simulators}/**/*.ts').length;
const options = await extractOptions('./.dependency-cruiser.cjs');
const { output } = await cruise(['src', 'simulators'], { ...options, validate: true });
const result = output as ICruiseResult; // without a reporter the output is the result object itself
const looked = result.modules.filter((module) => /^(src|simulators)\/.*\.ts$/.test(module.source)).length;

for (const violation of result.summary.violations)
  console.log(`${violation.rule.name}: ${violation.from} -> ${violation.to}`);
console.log(`${looked} of ${sources} files looked at, ${result.summary.violations.length} forbidden imports`);
if (looked < sources || sources < 30 || result.summary.violations.length > 0) process.exit(1);
