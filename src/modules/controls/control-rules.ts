/** People edit the rules that tie weaknesses to controls, and ask why a plugin concerns which. */
import type { Kysely } from 'kysely';
import { byPerson } from '../../canonical/vocabulary/index.ts';
import { recordChanges, withDecision } from '../../ledger/operations/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import type { Database, Store } from '../../platform/postgres/index.ts';
import { controlRuleMatches, type ControlRule, controlsFor } from '../weaknesses/index.ts';
import {
  deleteRule,
  fetchMatched,
  fetchNamedControls,
  insertRule,
  listStoredRules,
  type NamedControl,
  type StoredControlRule,
  updateRule,
} from './control-rules.sql.ts';

interface Working {
  readonly db: Kysely<Database>;
  readonly store: Store;
}

const refused = (field: string, message: string): TielineError =>
  new TielineError('USAGE', 'The rule was not saved.', { fields: [{ field, message }] });

const idPatterns: Readonly<Partial<Record<ControlRule['matchField'], RegExp>>> = {
  cci: /^CCI-\d{6}$/i,
  cwe: /^CWE-\d{1,6}$/i,
  cve: /^CVE-\d{4}-\d{4,}$/i,
  plugin_id: /^\S{1,64}$/,
};

function requirePattern({ matchField, pattern }: Pick<ControlRule, 'matchField' | 'pattern'>): void {
  const shape = idPatterns[matchField];
  if (shape && !shape.test(pattern))
    throw refused('pattern', `"${pattern}" is no id of the kind ${matchField}`);
  if (shape || matchField === 'any') return;
  try {
    new RegExp(pattern, 'i');
  } catch {
    throw refused('pattern', `"${pattern}" is no regular expression`);
  }
}

/** @throws TielineError USAGE for one that revision 5 does not have, with where it went. */
async function requireControls(db: Kysely<Database>, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) throw refused('controls', 'name at least one control, such as SI-2');
  const known = new Map((await fetchNamedControls(db, ids)).map((each) => [each.controlId, each]));
  for (const id of ids) {
    const control = known.get(id);
    if (!control) throw refused('controls', `SP 800-53 revision 5 has no control ${id}`);
    if (control.isWithdrawn)
      throw refused(
        'controls',
        `${id} was withdrawn in revision 5${control.movedTo === null ? '' : `: it is in ${control.movedTo} now`}`,
      );
  }
}

const placeOf = ({ matchField, pattern }: Pick<ControlRule, 'matchField' | 'pattern'>): string =>
  `${matchField} ${pattern}`;

const valueOf = ({ priority, matchField, pattern, controls }: ControlRule) => ({
  priority,
  by: matchField,
  pattern,
  controls: [...controls],
});

/** Undefined `before`: it was added; undefined `after`: it was removed. */
async function journal(
  db: Kysely<Database>,
  operationId: string,
  change: {
    readonly before?: ControlRule;
    readonly after?: ControlRule;
    readonly by: string;
  },
): Promise<void> {
  const { before, after, by } = change;
  const rule = before ?? after;
  if (!rule) return;
  await recordChanges(db, { systemId: null, operationId }, [
    {
      entity: 'control_rule',
      entityId: placeOf(rule),
      field: 'controls',
      before: before ? valueOf(before) : null,
      after: after ? valueOf(after) : null,
      direction: 'internal',
      decidedBy: byPerson(by),
    },
  ]);
}

const canonical = (rule: ControlRule): ControlRule => ({
  ...rule,
  controls: [...new Set(rule.controls.map((each) => each.trim().toUpperCase()))],
});

/** Weaknesses follow it from the next run on; POA&Ms that are there keep their control. */
export async function addControlRule(
  { store }: Pick<Working, 'store'>,
  rule: ControlRule,
  by: { readonly name: string },
): Promise<StoredControlRule> {
  requirePattern(rule);
  const wanted = canonical(rule);
  return store.transaction(async ({ db }) => {
    await requireControls(db, wanted.controls);
    return withDecision(db, { system: 'tieline', step: 'add a rule of controls' }, async (operationId) => {
      const id = await insertRule(db, wanted);
      if (id === undefined)
        throw refused('pattern', `there is a rule for ${placeOf(rule)} already: remove it first`);
      const stored = { ...wanted, id };
      await journal(db, operationId, { after: stored, by: by.name });
      return stored;
    });
  });
}

/** Changes a rule; its history keeps what it was. @throws TielineError RECORD_UNKNOWN, USAGE. */
export async function changeControlRule(
  { store }: Pick<Working, 'store'>,
  id: number,
  rule: ControlRule,
  by: { readonly name: string },
): Promise<StoredControlRule> {
  requirePattern(rule);
  const wanted = canonical(rule);
  return store.transaction(async ({ db }) => {
    await requireControls(db, wanted.controls);
    return withDecision(db, { system: 'tieline', step: 'change a rule of controls' }, async (operationId) => {
      const before = await updateRule(db, id, wanted);
      if (!before) throw new TielineError('RECORD_UNKNOWN', `There is no rule of controls ${id}.`);
      if (before === 'taken') throw refused('pattern', `there is another rule for ${placeOf(wanted)}`);
      await journal(db, operationId, { before, after: wanted, by: by.name });
      return { ...wanted, id };
    });
  });
}

/** @throws TielineError RECORD_UNKNOWN. */
export async function removeControlRule(
  { store }: Pick<Working, 'store'>,
  id: number,
  by: { readonly name: string },
): Promise<StoredControlRule> {
  return store.transaction(({ db }) =>
    withDecision(db, { system: 'tieline', step: 'remove a rule of controls' }, async (operationId) => {
      const removed = await deleteRule(db, id);
      if (!removed) throw new TielineError('RECORD_UNKNOWN', `There is no rule of controls ${id}.`);
      await journal(db, operationId, { before: removed, by: by.name });
      return removed;
    }),
  );
}

export interface ExplainedControls {
  readonly pluginId: string;
  readonly name: string;
  readonly controls: readonly string[];
  readonly reason: string;
  readonly titles: readonly NamedControl[];
  /** The rules that match, in their order: the first one counts. */
  readonly matching: readonly StoredControlRule[];
}

/** Which controls a weakness of this plugin concerns, and by which rule. @throws TielineError RECORD_UNKNOWN. */
export async function explainControls(
  { db }: Pick<Working, 'db'>,
  pluginId: string,
): Promise<ExplainedControls> {
  const matched = await fetchMatched(db, pluginId);
  if (!matched) throw new TielineError('RECORD_UNKNOWN', `There is no plugin ${pluginId}.`);
  const rules = await listStoredRules(db);
  const { controls, reason } = controlsFor(matched, rules);
  return {
    pluginId,
    name: matched.pluginName,
    controls,
    reason,
    titles: await fetchNamedControls(db, controls),
    matching: rules.filter((rule) => controlRuleMatches(rule, matched)),
  };
}
