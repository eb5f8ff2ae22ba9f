/**
 * Who decides, and why: the codes that are stored, each with the sentence that people are shown. Code branches on and counts by codes
 * alone; a sentence may be reworded without a migration. A code is never renamed or given to something else: rows carry it for years.
 * `{name}` in a sentence stands for a parameter that is stored beside the code.
 *
 * Rejected: storing the sentence and matching it (a user named `rule:x`, or one reworded word, broke undo and counts); a table of codes
 * in the database (a second place to keep, and a join for every line that is shown).
 */

/** A rule of Tieline, by what it goes by. */
export const ruleSentences = {
  remote_changed: 'the remote changed it',
  remote_moved: 'the remote moved it',
  remote_reading: "the remote's own reading",
  same_change: 'both sides made the same change',
  natural_key: 'natural key',
  full_read: 'full read',
  list_members: 'lists are merged by member',
  scanner_reports: 'the scanner reports it',
  sources_report: 'what its sources report',
  scan_coverage: 'what scans with credentials show and no longer show',
  same_machine: 'the same machine',
  same_finding: 'same asset, plugin, port and protocol',
  weighted_identifiers: 'weighted identifiers',
  standing_decision: 'standing decision {decision}',
  boundary_rule: 'rules of the systems',
  machine_moved: 'the machine moved',
  severity_followed: 'the rating follows the weakness',
  closed_by_evidence: 'closed by evidence',
  found_again: 'a finding under it was found again',
  weakness_by_plugin: 'weakness by plugin and system',
  weakness_by_cve: 'weakness by CVE and system',
  weakness_by_solution: 'weakness by remedy and system',
  weakness_by_plugin_and_asset: 'weakness by plugin, asset and system',
  weakness_by_check: 'weakness by audit check and system',
  weakness_rule_changed: 'the weakness rule was changed',
  answer_tied: 'it was tied to it',
  answer_pointed: 'findings point at it',
  answer_named: 'it names the plugin',
  answer_cve: 'it names a CVE of it, and the same machines',
  obligation: 'an obligation that the policy lets it follow',
  planned_again: 'planned again before it was sent',
  outbox: 'outbox',
  dependency_changed: 'what it depends on changed',
  scan_server: "the scanner's server says so",
  settled_itself: 'settled itself',
  request_ended: 'it was not decided',
  scan_validates: 'what scans show after the fix was reported',
  deviation_ended: 'its deviation ended',
  assessment_interval: 'so many months after it was assessed',
  alert_rule: 'the rules of alerts',
  deviation_shown: 'what its deviation says',
  deviation_found: "a rule at the scanner's server that nobody approved here",
  // No longer given; in journals of earlier versions.
  answer_source_named: 'its source names the plugin',
  scan_no_longer_shows: 'a scan with credentials no longer shows it',
  inherited_control: 'a control that is inherited is not proposed',
  same_scanner_uuid: 'the same uuid at the scanner',
} as const satisfies Readonly<Record<string, string>>;
export type RuleCode = keyof typeof ruleSentences;

/** Why: what Tieline itself gives as a reason. What a person or a remote gives is stored as it was written. */
export const reasonSentences = {
  // The record as a whole.
  linked: 'linked to a row that was there already',
  confirmed_by_remote: 'confirmed by the remote',
  created_from: 'created from {externalId}',
  shown_again: 'the remote shows it again',
  no_longer_shown: 'the remote no longer shows it',
  reported_again: 'a source reports it again',
  no_longer_reported: 'no source reports it any more',
  machine_gone: 'its machine is gone',
  machine_back: 'its machine is there again',
  finding_was_twice: 'was there twice: its asset turned out to be another one',
  stands_there: 'it stands there at the remote',
  // Values.
  gives_way: 'the value of the remote gives way to ours',
  system_decides: '{system} alone decides this field',
  last_fixed: 'last fixed {at}',
  match_unclear: 'the match is no longer clear',
  see_evidence: 'see asset_correlations for the evidence',
  severity_changed: 'the weakness is {severity} now',
  fixed_everywhere: 'each finding under it is fixed, with evidence',
  fixed_for_days: 'each finding under it has been fixed for {days} days, with evidence',
  word_given: '{by} confirmed that it is fixed',
  back_within: 'found again {days} days after it was completed',
  back_before: 'found again before it was completed',
  contradiction_reopened:
    'completed while findings were open, which the settings of its boundary answer by reopening it',
  milestone_by_scan: 'the scan of {at} shows it fixed',
  poam_moved: 'the POA&M is of another system now',
  machine_moved: 'moved from {from} to {to}',
  taken_off: 'taken off the list at the remote',
  recognised: 'recognised, so that the weakness is in the record once',
  // What a change of a weakness rule made of POA&Ms.
  regrouped: 'version {version} of the weakness rule groups its findings so',
  took_in: 'it answers what {poam} answered, by version {version} of the weakness rule',
  merged_into: 'merged into {poam} by version {version} of the weakness rule',
  split_from: 'split from {poam} by version {version} of the weakness rule',
  split_into: '{poam} answers some of its findings since, by version {version} of the weakness rule',
  reworded: 'version {version} of the weakness rule says it so',
  not_named: 'version {version} of the weakness rule names none of its open findings',
  // What waits to be sent, and what is sent again.
  spellable_now: 'its values can be written in the words of the remote now',
  record_changed: 'the record was changed here since it was refused',
  dependency_changed: 'what it depends on at the remote was changed since it was refused',
  mappings_changed: 'the mappings were changed since it was refused',
  consent_needed: 'the policies in force want consent to it',
  turned_down: 'turned down before it was sent',
  rejection_over: 'what was turned down is over: no finding is open that wants it',
  withdrawn_nothing_open: 'withdrawn before it was sent: no finding is open that wants it',
  withdrawn_answered: 'withdrawn before it was sent: {poam} answers the weakness',
  withdrawn_not_let_out: 'withdrawn before it was sent: the policy lets no new POA&M out',
  withdrawn_cancelled: 'withdrawn before it was sent: it was cancelled here',
  no_longer_asked: 'what waits is no longer what was asked for',
  request_expired: 'nobody decided it in time: it stays as it was',
  request_fixed: 'what it is about has been fixed since',
  request_over: 'what it is about is over',
  request_overtaken: 'its dates have changed since it was asked for',
  connection_removed: 'the connection was removed',
  link_broken: 'the link was broken',
  // Decisions that were made without a reason of the person's own.
  undo: 'undo of operation {operation}',
  conflict: 'conflict {conflict}',
  conflict_remote_value: 'conflict {conflict}: the value of the remote',
  conflict_third_value: 'conflict {conflict}: a third value',
  conflict_unlinked: 'conflict {conflict}: no longer linked',
  conflict_made_again: 'conflict {conflict}: to be made again',
  conflict_ends: 'conflict {conflict}: gone at the remote, and ours ends with it',
  conflict_key: 'conflict {conflict}: the key of {other}',
  conflict_same: 'conflict {conflict}: the same as {other}',
  conflict_new_poam: 'conflict {conflict}: it is answered by a new POA&M',
  person_decided: 'decided by a person',
  person_merged: 'a person said that they are one',
  person_split: 'a person said that they are two',
  // Alerts.
  alert_gone: 'what it was raised for no longer holds',
  alert_within: 'it is {value} now, short of the threshold',
  alert_rule_off: 'its rule was switched off',
  alert_graver: 'it became graver: {value}, past {threshold}',
  alert_milder: 'it became milder: {value}, past {threshold}',
  alert_time_over: 'the time for which it was suppressed is over',
  alert_passed: 'the value passed its threshold: {value}, past {threshold}',
  alert_machine_silent: 'its machine has not reported for a day',
  // Conflicts that settled themselves.
  over: 'it is over',
  there_again: 'it is there again',
  sides_agree: 'both sides agree',
  refusal_overtaken: 'the refused change was overtaken',
  nothing_hangs: 'nothing hangs on it any more',
  has_machines: 'it has machines again, or is finished',
  // Which component an asset is, and which asset a machine is.
  only_component: 'the only component that fits (score {score})',
  below_limit: 'score {score} is below {limit}',
  several_components: '{count} components fit about equally well',
  other_component_better: 'another component fits better by {lead}',
  other_component_free: 'another asset is matched to it, and a component that is free fits about as well',
  still_fits: 'matched before, and still fits (score {score})',
  no_longer_fits: 'matched before, but what the two are known by no longer fits (score {score})',
  present_better: 'the present match fits better by {lead}',
  better_than_present: 'fits better by {lead} than the present match',
  like_present: 'fits about as well as the present match',
  person_matched_other: 'a person matched the asset to another component',
  person_matched_asset: 'a person matched asset {asset} to this component',
  person_matched_beside: 'a person matched asset {asset} to this component beside it',
  standing_says: 'standing decision {decision} says so',
  standing_says_other: 'a standing decision says that it is another component',
  component_shared: 'probably the same machine as asset {asset}, which has this component (score {score})',
  component_taken: 'asset {asset} is matched to this component already',
  several_assets_component: '{count} assets fit this component about equally well',
  other_asset_better: 'asset {asset} fits this component better by {lead}',
  assets_share: '{count} assets share this component',
  // In which boundary an asset is, by a rule of its people.
  boundary_rule_fits: 'boundary rule {rule} fits (priority {priority})',
  boundary_rule_agrees: 'boundary rule {rule} fits, and the asset is in this system already',
  boundary_inherits: 'boundary rule {rule} fits; system {system} answers for the asset',
  boundary_component_first: 'the asset is a component of system {system}, which comes before a rule',
  boundary_owner_first: 'the asset was put into system {system}, which comes before a rule',
  boundary_person_first: 'a person put the asset into system {system}, which comes before a rule',
  boundary_earlier_rule: 'boundary rule {rule} of system {system} comes before it (priority {priority})',
  boundary_rules_contest: 'rules of {count} systems with priority {priority} fit the asset',
  boundary_component_asked: 'it may be a component of system {system}: that is asked first',
  boundary_nobody_responsible:
    'the rule says that it is inherited, and no other system answers for the asset',
  see_boundary_decisions: 'see boundary_decisions for the evidence',
  boundary_rule_gone: 'no boundary rule fits the asset any more',
  no_identifier: 'no asset shares an identifier',
  too_little: 'no asset shares enough (the best {score})',
  not_sure: 'something in common, but not enough to be sure ({score} of {limit})',
  several_assets: '{count} assets fit about equally well',
  only_asset: 'the only asset that fits (score {score})',
  // No longer given; in rows of earlier versions.
  an_asset_better: 'another asset fits this component better by {lead}',
  person_linked_other: 'a person linked another',
  not_in_scan: 'not in the scan that ended {at}',
  inherited_control: 'the remote refused the POA&M, and its control is inherited or is none of the system',
} as const satisfies Readonly<Record<string, string>>;
export type ReasonCode = keyof typeof reasonSentences;

export type ReasonParams = Readonly<Record<string, string | number>>;

/** Names in braces of a sentence. */
type NamesIn<S extends string> = S extends `${string}{${infer Name}}${infer Rest}`
  ? Name | NamesIn<Rest>
  : never;
type ParamsOf<C extends ReasonCode> = Readonly<Record<NamesIn<(typeof reasonSentences)[C]>, string | number>>;

/** A reason that Tieline gives. */
export interface Reason {
  readonly code: ReasonCode;
  readonly params?: ReasonParams;
}

/** The compiler holds the parameters to those that the sentence names. */
export const reasonOf = <C extends ReasonCode>(
  code: C,
  ...params: NamesIn<(typeof reasonSentences)[C]> extends never ? [] : [ParamsOf<C>]
): Reason => (params[0] === undefined ? { code } : { code, params: params[0] });

/** Who decided: a rule of Tieline, a policy that was set, or a person. */
export type Decider =
  | { readonly kind: 'rule'; readonly code: RuleCode; readonly params?: ReasonParams }
  | { readonly kind: 'policy'; readonly name: string }
  | { readonly kind: 'person'; readonly name: string };
export type DeciderKind = Decider['kind'];

export const byRule = (code: RuleCode): Decider => ({ kind: 'rule', code });
export const byPolicy = (name: string): Decider => ({ kind: 'policy', name });
export const byPerson = (name: string): Decider => ({ kind: 'person', name });

const filled = (sentence: string, params: ReasonParams | null | undefined): string =>
  sentence.replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(params?.[name] ?? whole));

const known = (sentences: Readonly<Record<string, string>>, code: string): string =>
  // A newer version may have stored a code that this one does not know.
  Object.hasOwn(sentences, code) ? (sentences[code] ?? code) : code.replaceAll('_', ' ');

/** What people are shown of a rule. @param code as stored. */
export const ruleSentence = (code: string, params?: ReasonParams | null): string =>
  filled(known(ruleSentences, code), params);

/** What people are shown of who decided, where one text holds both: the sentence of a rule, or the name as it is written. */
export const decidedText = (by: string): string => (Object.hasOwn(ruleSentences, by) ? ruleSentence(by) : by);

/** What people are shown of a reason. @param code as stored. */
export const reasonSentence = (code: string, params?: ReasonParams | null): string =>
  filled(known(reasonSentences, code), params);

/** Who decided, as one text for programs: `rule:…`, `policy:…`, or a person's name. */
export function deciderText(decider: Decider): string {
  switch (decider.kind) {
    case 'rule':
      return `${decider.kind}:${ruleSentence(decider.code, decider.params)}`;
    case 'policy':
      return `${decider.kind}:${decider.name}`;
    case 'person':
      return decider.name;
  }
}
