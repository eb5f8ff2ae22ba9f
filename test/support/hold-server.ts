/**
 * A client process of an embedded server, run by embedded.proof.ts: opens the server of the data directory in its
 * argument, says so in one line of JSON, and holds it until its input ends.
 */
import { openEmbeddedServer } from '../../src/platform/embedded/server.ts';

const [dataDir = '', graceMs = '500'] = process.argv.slice(2);
const server = await openEmbeddedServer({ dataDir, fsync: false, graceMs: Number(graceMs) });
console.log(JSON.stringify({ url: server.url.reveal(), startedByUs: server.startedByUs }));
process.stdin.resume();
process.stdin.once('end', () => void server.close().then(() => process.exit(0)));
