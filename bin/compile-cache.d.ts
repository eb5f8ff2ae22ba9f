export function compileCacheIn(
  root: string,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined;
