export { makeDirectories } from './make-directories.ts';
export { type EmbeddedServer, openEmbeddedServer } from './server.ts';
