import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { entityTypes } from '../src/canonical/vocabulary/entity-type.ts';
import { errorRegistry } from '../src/platform/errors/registry.ts';
import { connectorModules } from '../src/main/connectors.ts';
import { reasonSentences, ruleSentences } from '../src/canonical/vocabulary/rule-codes.ts';
import { generatedPages } from '../tools/generate-docs.ts';

const sources = globSync('src/**/*.ts').filter((file) => !/\.(test|proof)\.ts$/.test(file));
const textOf = (file: string): string => readFileSync(file, 'utf8');

// A list, and not a pattern, so that every new place is looked at.
describe('the house', () => {
  it('the documents list settings, errors and state machines as the code has them', () => {
    for (const [file, text] of Object.entries(generatedPages))
      expect({ file, text: textOf(file) }).toEqual({ file, text });
  });

  it('every documented error code is thrown somewhere', () => {
    const all = sources
      .filter((file) => !file.endsWith('platform/errors/registry.ts'))
      .map(textOf)
      .join('\n');
    const unreachable = Object.keys(errorRegistry).filter((code) => !all.includes(`'${code}'`));
    expect(unreachable).toEqual([]);
  });

  it('every connector goes through the conformance suite', () => {
    const suites = globSync('src/connectors/*/*.test.ts').filter((file) =>
      textOf(file).includes('describeConnectorConformance('),
    );
    const covered = new Set(suites.map((file) => file.split('/')[2]));
    for (const type of connectorModules.keys()) expect(covered).toContain(type.replaceAll('_', '-'));
  });

  it('SQL is only in *.sql.ts and in what runs SQL', () => {
    const elsewhere = sources.filter(
      (file) =>
        !file.endsWith('.sql.ts') &&
        !/^src\/(store|platform)\//.test(file) &&
        /\b(selectFrom|insertInto|updateTable|deleteFrom)\(|sql`/.test(textOf(file)),
    );
    expect(elsewhere).toEqual([]);
  });

  it('only the platform and the composition root get a pool, and nothing else is cast to one', () => {
    const naming = sources.filter(
      (file) => !/^src\/(platform|main)\//.test(file) && /\bpg\.Pool\b|\bqueue\.pool\b/.test(textOf(file)),
    );
    expect(naming).toEqual([]);
    const faking = sources.filter(
      (file) =>
        /\bas (unknown as )?pg\.Pool\b|\bpool as never\b/i.test(textOf(file)) ||
        (file.startsWith('src/platform/') && /\bas never\b/.test(textOf(file))),
    );
    expect(faking).toEqual([]);
  });

  it('what supports tests says nothing to the runner by being imported: files that share a worker share it', () => {
    const support = globSync('{src,test,simulators,tools}/**/*.ts').filter(
      (file) => !/\.(test|e2e|proof)\.ts$/.test(file),
    );
    const hooked = support.filter((file) =>
      /^(beforeAll|afterAll|beforeEach|afterEach)\(/m.test(textOf(file)),
    );
    expect(hooked).toEqual([]);
  });

  it('there is one clock: only what this list names asks another one', () => {
    const asking = (word: RegExp, among: readonly string[]): string[] =>
      among
        .filter((file) => word.test(textOf(file).replaceAll(/\/\*\*[\s\S]*?\*\/|\/\/ .*/g, '')))
        .toSorted();
    const database =
      /(?<![\w.])(?:now|clock_timestamp|statement_timestamp|transaction_timestamp)\(\)|\b(?:current|local)_?(?:date|timestamp)\b/i;
    const statements = sources.filter((file) => file.endsWith('.sql.ts'));
    expect(statements.length).toBeGreaterThan(100);
    expect(asking(database, statements)).toEqual([
      // The present instant, and not that of the transaction: the product's, as far as the clocks of both are apart.
      'src/ledger/external-systems/reads.sql.ts',
      // How long other sessions have held their locks.
      // Between looks of one server, by its own clock: how long a number may be taken and not yet written.
      'src/modules/workflows/triggers/cursor.sql.ts',
      'src/operate/database/apply-retention.sql.ts',
      'src/record/remediation-scans/remediation-scans.sql.ts',
    ]);
    const ours = sources.filter((file) => !file.endsWith('.test-support.ts'));
    expect(asking(/\bDate\.now\(\)|\bnew Date\(\)/, ours)).toEqual([
      // What a demonstration shows is about today; its process keeps no clock before it has a database.
      'src/main/demo-day.ts',
      'src/main/demo.ts',
      // How far the product's clock is from the one that openid-client reads, and how long its document is kept.
      'src/operate/accounts/oidc/provider.ts',
      // How long a server of our own takes to start.
      'src/platform/embedded/lease.ts',
      'src/platform/embedded/postmaster.ts',
      // Where no clock is given: the checks of a connection before it is kept.
      'src/platform/http/undici-http-client.ts',
      // The clock itself, and by how much the server's is ahead.
      'src/platform/postgres/database.ts',
      'src/platform/postgres/product-clock.ts',
      // How long the answer to a question about rights is trusted.
      'src/surfaces/http/decisions/event-stream.ts',
    ]);
    const since = globSync('migrations/*.sql').filter((file) => basename(file) > '0088');
    expect(asking(/DEFAULT (?:now\(\)|current_timestamp)/i, since)).toEqual([]);
  });

  it('operations begin and end only in withOperation', () => {
    const bracketing = sources.filter((file) =>
      /\b(beginOperation|finishOperation|failOperation|resumeOperation)\b/.test(textOf(file)),
    );
    expect(bracketing.toSorted()).toEqual([
      'src/ledger/operations/operations.sql.ts',
      'src/ledger/operations/with-operation.ts',
    ]);
  });

  it('changes of the outbox move only by the table of their states', () => {
    const updates = sources.flatMap((file) => textOf(file).match(/update sync_outbox\b[^`]*/g) ?? []);
    expect(updates.length).toBeGreaterThan(15);
    const otherwise = updates.filter((text) => /\bset state = (?!\$\{stateAfter|case )/.test(text));
    expect(otherwise).toEqual([]);
  });

  it('rules are named by their codes: no sentence of one is stored or compared', () => {
    const storing = sources.filter((file) =>
      /['"`](rule|policy):(?!write|read)|\blike\s+['"`]?(rule|policy):|\^\(rule\|/i.test(
        textOf(file).replaceAll(/\/\*\*[\s\S]*?\*\/|\/\/ .*/g, ''),
      ),
    );
    expect(storing).toEqual([]);
  });

  it('every code of a rule or reason that a statement names exists', () => {
    const known = new Set([...Object.keys(ruleSentences), ...Object.keys(reasonSentences)]);
    const named = sources.flatMap((file) =>
      [...textOf(file).matchAll(/(?:rule|reason)_code\s*=\s*'(\w+)'/g)].map((match) => match[1] ?? ''),
    );
    expect(named.filter((code) => !known.has(code))).toEqual([]);
  });

  it('no vendor is named in the neutral rooms, except for columns of the plan in SQL', () => {
    const column =
      /\b(tenable_asset_uuid|tenable_vuln_id|last_xacta_sync|xacta_(system|poam|control|component)_id)\b/g;
    const neutral = sources.filter(
      (file) =>
        /^src\/(canonical|ledger|engine|modules|runs|review|contract)\//.test(file) &&
        // The layout of a file is called by the name of whoever published it.
        !/^src\/modules\/(poam-(formats|files)|reports)\//.test(file),
    );
    expect(neutral.length).toBeGreaterThan(100);
    const naming = neutral.filter((file) => {
      const text = file.endsWith('.sql.ts')
        ? textOf(file).replaceAll(column, '').replaceAll("'xacta', jsonb_build_object", '')
        : textOf(file);
      return /tenable|xacta|nessus|emass/i.test(text);
    });
    expect(naming).toEqual([]);
  });

  it('no entity is branched on by its name in the engine, except where this list gives the reason', () => {
    const names = [...entityTypes, 'remediation_scan'].join('|');
    const word = new RegExp(`'(?:${names})'`);
    const engine = sources.filter((file) => file.startsWith('src/engine/'));
    expect(engine.length).toBeGreaterThan(50);
    const naming = engine.filter((file) => word.test(textOf(file)));
    expect(naming.toSorted()).toEqual([
      // A scan that is asked for is no entity of the record: a request with a table of its own.
      'src/engine/approvals/approvals.sql.ts',
      'src/engine/approvals/approvals.ts',
      // What a POA&M answers: the weakness that a conflict shows, and what is to be done with it.
      'src/engine/conflicts/conflict-subjects.sql.ts',
      // How many assets are known by no other system, which the person who removes this one is told.
      'src/engine/connections/remove-system.sql.ts',
      // POA&Ms that are made again, those that were overdue when made, and what a refusal of them hung on.
      'src/engine/outbox/outbox-consent.sql.ts',
      'src/engine/outbox/outbox-refused.sql.ts',
      'src/engine/outbox/outbox.sql.ts',
      // As the first: a policy can ask for approval of scans.
      'src/engine/policies/policies.ts',
    ]);
  });

  it('each table is written in one room, except for those that this list still has', () => {
    const written = new Map<string, Set<string>>();
    const statement =
      /\b(?:(?:insert into|update|delete from)\s+|(?:insertInto|updateTable|deleteFrom)\(')([a-z]+_[a-z_]+|weaknesses)\b/g;
    // What supports tests fills any table.
    for (const file of sources.filter((each) => /^src\/(?!platform\/)(?!.*\.test-support\.)/.test(each))) {
      const text = textOf(file).replaceAll(/\/\*\*[\s\S]*?\*\/|\/\/ .*/g, '');
      for (const [, table = ''] of text.matchAll(statement)) {
        const rooms = written.get(table) ?? new Set();
        written.set(table, rooms.add(file.split('/').slice(1, 3).join('/')));
      }
    }
    expect(written.size).toBeGreaterThan(30);
    const shared = [...written].filter(([, rooms]) => rooms.size > 1).map(([table]) => table);
    expect(shared.toSorted()).toEqual([
      // A statement that changes a row writes its journal too, so that neither can be there without the other.
      'sync_changes',
      // The loads of assets and of linked records write links in the statement that writes the rows: they are counted in millions.
      'sync_links',
    ]);
  });

  it('a secret is opened in few places only', () => {
    const revealing = sources
      .filter((file) => textOf(file).includes('.reveal()'))
      .map((file) => basename(file));
    expect(revealing.toSorted()).toEqual([
      'change-channel.ts',
      'check-factor.ts',
      'connection-inputs.ts',
      'database.ts',
      'demo.ts',
      'id-tokens.ts',
      'idempotency.ts',
      'key-file.ts',
      'metrics-query.ts',
      'one-time-links.ts',
      'open-oidc.ts',
      'password-hash.ts',
      'provider.ts',
      'proxy-headers.ts',
      'scram-verifier.ts',
      'secret-box.ts',
      'secret-mask.ts',
      'send.ts',
      'session.ts',
      'session.ts',
      'session.ts',
      'set-password.ts',
      'set-up.ts',
      'simulator-process.ts',
      'totp.ts',
      'undici-http-client.ts',
      'users.actions.ts',
    ]);
  });
});
