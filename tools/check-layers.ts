/**
 * Checks the house (ARCHITECTURE.md): directions and doors (.dependency-cruiser.cjs), no circle among rooms, and no folder that
 * is too full. dependency-cruiser needs a compiler's JavaScript API, which TypeScript 7 lacks; without @swc/core it looks at nothing
 * and passes, so the number of modules it looked at is held against the number of source files there are.
 */
import { globSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import extractOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';

const fullestFolder = 19;

const sources = globSync('{src,simulators,console/src}/**/*.{ts,tsx}').filter(
  (file) => !file.endsWith('.d.ts'),
);
const options = await extractOptions('./.dependency-cruiser.cjs');
const { output } = await cruise(['src', 'simulators', 'console/src'], { ...options, validate: true });
const result = output as ICruiseResult; // without a reporter the output is the result object itself
const looked = result.modules.filter((module) =>
  /^(src|simulators|console\/src)\/.*\.tsx?$/.test(module.source),
).length;

const isTest = (file: string): boolean =>
  /\.(test|test-support|e2e|crash|proof)\.ts$|\/conformance\//.test(file);
/** `src/record/assets/…` is in the room `record/assets`; `src/main/…` is a room by itself. */
const roomOf = (file: string): string => file.split('/').slice(1, -1).slice(0, 2).join('/');

/** For each room the rooms that its files import. */
function roomImports(): ReadonlyMap<string, ReadonlySet<string>> {
  const imports = new Map<string, Set<string>>();
  for (const module of result.modules) {
    if (!module.source.startsWith('src/') || isTest(module.source)) continue;
    const from = roomOf(module.source);
    const rooms = imports.get(from) ?? new Set();
    imports.set(from, rooms);
    for (const { resolved } of module.dependencies)
      if (resolved.startsWith('src/') && roomOf(resolved) !== from) rooms.add(roomOf(resolved));
  }
  return imports;
}

/** The rooms from which `start` can be entered again, in the order of the walk; undefined where there is none. */
function circleThrough(start: string, imports: ReturnType<typeof roomImports>): string[] | undefined {
  const before = new Map<string, string>();
  const waiting = [start];
  for (let room = waiting.shift(); room !== undefined; room = waiting.shift())
    for (const next of imports.get(room) ?? []) {
      if (next === start) {
        const path = [start];
        for (let at: string | undefined = room; at !== undefined && at !== start; at = before.get(at))
          path.push(at);
        return [...path, start].toReversed();
      }
      if (before.has(next)) continue;
      before.set(next, room);
      waiting.push(next);
    }
  return undefined;
}

/** What the console takes from src is types, gone when it is built: the compiler writes out every import that does not say so. */
const runningImports = (): string[] =>
  sources
    .filter((file) => file.startsWith('console/'))
    .filter((file) => /^import (?!type\b)[^;]*from '(\.\.\/)+src\//m.test(readFileSync(file, 'utf8')))
    .map((file) => `${file} imports more than types from src`);

function fullFolders(): string[] {
  const folders = Map.groupBy(
    sources.filter((file) => !isTest(file)),
    (file) => dirname(file),
  );
  return [...folders]
    .filter(([, files]) => files.length > fullestFolder)
    .map(([folder, files]) => `${folder} has ${files.length} files, at most ${fullestFolder} are allowed`);
}

const imports = roomImports();
const faults = [
  ...result.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`),
  ...[...imports.keys()]
    .map((room) => circleThrough(room, imports))
    .filter((circle) => circle !== undefined)
    .map((circle) => `circle among rooms: ${circle.join(' -> ')}`),
  ...runningImports(),
  ...fullFolders(),
];
for (const fault of faults) console.log(fault);
console.log(
  `${looked} of ${sources.length} files looked at, ${imports.size} rooms, ${faults.length} faults of the house`,
);
if (looked < sources.length || sources.length < 600 || imports.size < 40 || faults.length > 0)
  process.exit(1);
