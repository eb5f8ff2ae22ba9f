/** The HTTP client, loaded by who opens a connection: most commands open none, and it is a hundred modules. */
export const loadHttpClient = (): Promise<typeof import('./undici-http-client.ts')> =>
  import('./undici-http-client.ts');

/** Likewise, for a library that brings its own protocol. */
export const loadFetch = (): Promise<typeof import('./open-fetch.ts')> => import('./open-fetch.ts');
