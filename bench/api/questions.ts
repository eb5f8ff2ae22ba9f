/** Who asks what: every case as often as the others, by people who may, about records that they see. */
import { ask, type Question } from './ask.ts';
import { type Case, cases, nouns } from './cases.ts';
import type { Person } from './people.ts';

/** What a person can ask about. */
interface Sight {
  readonly person: Person;
  readonly nouns: ReadonlySet<string>;
  /** Ids of some records, by noun. */
  readonly ids: Readonly<Record<string, readonly string[]>>;
}

/** The field of a row that its page is asked by. */
const idOf: Readonly<Record<string, string>> = {
  findings: 'key',
  assets: 'assetUuid',
  poams: 'poamId',
  systems: 'systemId',
  conflicts: 'id',
  outbox: 'id',
  operations: 'operationId',
  matches: 'id',
  approvals: 'approvalId',
  imports: 'id',
  users: 'name',
};

async function lookAround(address: string, person: Person): Promise<Sight> {
  const seen = new Set(['home', 'plugins']);
  const ids: Record<string, string[]> = {};
  for (const noun of nouns) {
    const answer = await fetch(`${address}/api/v1/${noun}?limit=100`, { headers: person.headers });
    if (answer.status === 403) {
      await answer.arrayBuffer();
      continue;
    }
    if (!answer.ok) throw new Error(`${person.name} ${noun}: ${answer.status} ${await answer.text()}`);
    seen.add(noun);
    const { items } = (await answer.json()) as { items: readonly Record<string, unknown>[] };
    const field = idOf[noun];
    if (field !== undefined) ids[noun] = items.map((row) => String(row[field]));
    if (noun === 'findings') ids['plugins'] = items.map((row) => String(row['pluginId']));
  }
  return { person, nouns: seen, ids };
}

const mayAsk = ({ noun, kind }: Case, sight: Sight): boolean =>
  sight.nouns.has(noun) && (kind !== 'detail' || (sight.ids[noun]?.length ?? 0) > 0);

/** In an order that looks random and is the same each time. */
const shuffled = (questions: readonly Question[]): readonly Question[] =>
  questions
    .map((question, at) => ({ question, place: (at * 2_654_435_761) % 4_294_967_296 }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ question }) => question);

/** @param rounds how often each case is asked. @throws Error for a case that nobody can ask. */
export async function questionsFor(
  address: string,
  people: readonly Person[],
  rounds: number,
): Promise<readonly Question[]> {
  const sights: Sight[] = [];
  for (const person of people) sights.push(await lookAround(address, person));
  const questions = cases.flatMap((what, at) => {
    const able = sights.filter((sight) => mayAsk(what, sight));
    if (able.length === 0) throw new Error(`nobody can ask ${what.path}: the world has no such records`);
    return Array.from({ length: rounds }, (_, round): Question => {
      const sight = able[(at + round) % able.length] ?? able[0];
      if (!sight) throw new Error('unreachable: somebody is able');
      const ids = sight.ids[what.noun] ?? [];
      const id = ids[(at * 7 + round * 13) % Math.max(ids.length, 1)] ?? '';
      return { what, by: sight.person, path: what.path.replace(/\{\w+\}/, encodeURIComponent(id)) };
    });
  });
  return shuffled(questions);
}

/** Each case once, to the end, so that the first ones do not pay for cold caches. */
export async function warmUp(address: string, questions: readonly Question[]): Promise<void> {
  const done = new Set<string>();
  for (const { what, by, path } of questions) {
    if (done.has(what.path)) continue;
    done.add(what.path);
    await (await ask(address, by, path)).arrayBuffer();
  }
}
