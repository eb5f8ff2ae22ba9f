/**
 * Results in the Asset Reporting Format (SCAP 1.2 and 1.3, as OpenSCAP and SCC write it): one file wraps several test results, and the
 * benchmarks that they are of. Each is taken out with its benchmark, which is what XCCDF results are. Pure.
 */

/** Whether a file is one by its first bytes. */
export const isArf = (start: string): boolean => /<(?:[\w.-]+:)?asset-report-collection[\s>]/.test(start);

interface Element {
  readonly prefix: string;
  readonly text: string;
}

/** Elements of a name that do not nest, as they stand. */
function elementsOf(text: string, name: string): Element[] {
  const found: Element[] = [];
  const opening = new RegExp(`<((?:[\\w.-]+:)?)${name}(?=[\\s>])`, 'g');
  for (let match = opening.exec(text); match; match = opening.exec(text)) {
    const [, prefix = ''] = match;
    const close = `</${prefix}${name}>`;
    const end = text.indexOf(close, match.index);
    if (end < 0) break;
    found.push({ prefix, text: text.slice(match.index, end + close.length) });
    opening.lastIndex = end + close.length;
  }
  return found;
}

const attribute = (element: string, name: string): string | undefined =>
  new RegExp(`^<[^>]*\\s${name}="([^"]*)"`).exec(element)?.[1];

/** The id of the benchmark that a test result says it is of; its address ends with it where it names no id. */
function benchmarkOf(result: string): string | undefined {
  const named = /<(?:[\w.-]+:)?benchmark\b[^>]*>/.exec(result)?.[0];
  if (named === undefined) return undefined;
  return attribute(named, 'id') ?? attribute(named, 'href')?.replace(/^.*#/, '');
}

/** The test results of a file, each as XCCDF of its own. One whose benchmark is not in the file stands alone. */
export function xccdfOfArf(text: string): string[] {
  const benchmarks = elementsOf(text, 'Benchmark').map((element) => ({
    ...element,
    id: attribute(element.text, 'id'),
  }));
  return elementsOf(text, 'TestResult').map(({ text: result }) => {
    const wanted = benchmarkOf(result);
    const [only, another] = benchmarks;
    const of =
      benchmarks.find(({ id }) => id !== undefined && wanted?.endsWith(id) === true) ??
      (another ? undefined : only);
    if (!of) return result;
    const close = `</${of.prefix}Benchmark>`;
    const rules = of.text.slice(0, -close.length);
    const [own] = elementsOf(rules, 'TestResult');
    return own ? `${rules.replace(own.text, () => result)}${close}` : `${rules}${result}${close}`;
  });
}
