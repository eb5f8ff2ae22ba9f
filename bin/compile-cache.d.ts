export function compileCacheIn(
  root: string,
  env: Readonly<Record<string, string | undefined>>,
  command?: string,
): string | undefined;
