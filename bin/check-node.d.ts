/** See check-node.js, which runs on Nodes that read no TypeScript. */
export function faultOfNode(wanted: {
  readonly program: string;
  readonly sums: { readonly version: string; readonly sums: Readonly<Record<string, string>> };
  readonly stamp: string;
  readonly platform: string;
  readonly given: string | undefined;
}): string | undefined;
