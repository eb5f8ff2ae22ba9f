/**
 * What a POA&M says that Tieline makes: each of its fields, from the weakness that it answers. Pure. The limits on text are those that a
 * GRC system enforces.
 */
import { deriveUuid, type JsonObject } from '../../platform/values/index.ts';
import { fillTemplate } from '../../canonical/mapping/index.ts';
import type { templateFields, WeaknessRule } from '../../canonical/weakness-rule/index.ts';
import { addDays } from '../due-dates/index.ts';
import {
  type Candidate,
  namedWeakness,
  titleOf,
  type Weakness,
  type WeaknessKey,
} from '../weaknesses/index.ts';

/**
 * The key by which the GRC system knows this POA&M as Tieline's: the same weakness always carries the same one.
 * @param occurrence from 2: the POA&M after those that were completed before the weakness was found again.
 */
export function poamKey(weakness: WeaknessKey, occurrence = 1): string {
  const again = occurrence === 1 ? [] : [String(occurrence)];
  return deriveUuid('poam', weakness.systemId, weakness.grouping, weakness.identifier, ...again);
}

/** Our own id of the POA&M: readable where that is short enough for the column (50 characters) and holds no digest, else derived. */
export function poamId(weakness: WeaknessKey, occurrence = 1): string {
  const readable = `TL-${weakness.systemId}-${weakness.identifier}${occurrence === 1 ? '' : `-${occurrence}`}`;
  return readable.length <= 50 && (weakness.grouping === 'plugin' || /^CVE-[\d-]+$/.test(weakness.identifier))
    ? readable
    : `TL-${poamKey(weakness, occurrence)}`;
}

const some = (n: number, one: string): string => `${n} ${n === 1 ? one : `${one}s`}`;

/** By which day a POA&M is obliged, and which it promises; the same, unless the obligation was past when it was proposed. */
export interface TwoDates {
  readonly on: string;
  readonly promised: string;
}
/** What a weakness is with what it is called, in a line. */
const titled = (weakness: Weakness): string =>
  weakness.grouping === 'check'
    ? namedWeakness(weakness)
    : `${namedWeakness(weakness)} (${upTo(120, weakness.pluginName)})`;

/** What a POA&M is for, in a line for a person: how much of which weakness where, and when it is due. @param today YYYY-MM-DD. */
export function purposeOf(weakness: Weakness, due: TwoDates, today: string): string {
  return (
    `${some(weakness.findings, `open ${weakness.severity.toLowerCase()} finding`)} of ${titled(weakness)}` +
    ` on ${some(weakness.assets.length, 'asset')} of ${weakness.systemId}, ${dueText(due, today)}`
  );
}

/** "due 2026-11-30", and that the day is past already where it is, with the day that is proposed instead. */
export const dueText = ({ on, promised }: TwoDates, today: string): string =>
  `due ${on}${on < today ? ` (already overdue${promised === on ? '' : `; proposed for ${promised}`})` : ''}`;

export interface ProposedPoam {
  readonly poam: JsonObject;
  readonly milestones: readonly {
    readonly milestone_description: string;
    readonly scheduled_completion: string;
  }[];
}

const upTo = (length: number, text: string): string =>
  text.length <= length ? text : `${text.slice(0, length - 1)}…`;

const machinesNamed = 20;
const severally = (names: readonly string[]): string =>
  names.length <= machinesNamed
    ? names.join(', ')
    : `${names.slice(0, machinesNamed).join(', ')} and ${names.length - machinesNamed} more`;

/** What a template may name (`templateFields`). */
const fieldsOf = (weakness: Weakness, due: string) =>
  ({
    title: titleOf(weakness) ?? weakness.pluginName,
    synopsis: weakness.synopsis ?? '',
    solution: weakness.solution ?? '',
    severity: weakness.severity,
    plugin: weakness.pluginId ?? '',
    cves: weakness.cves.join(', '),
    boundary: weakness.systemId,
    findings: weakness.findings,
    assets: weakness.assets.length,
    machines: severally(weakness.machineNames ?? weakness.assets),
    detected: weakness.detectedOn,
    due,
  }) satisfies Record<(typeof templateFields)[number], string | number>;

/** Who found it, in words that are read again as what the POA&M is about (`poam-mentions.ts`). */
function sourceOf(weakness: Weakness, pluginsOf: string): string {
  if (weakness.grouping === 'check')
    return upTo(
      255,
      `${pluginsOf} audit check "${upTo(150, weakness.pluginName)}" of ${weakness.audit ?? 'an audit'}`,
    );
  const plugin = `${pluginsOf} plugin ${weakness.pluginId ?? ''}`;
  return weakness.grouping === 'cve' && weakness.identifier.startsWith('CVE-')
    ? `${plugin}, ${weakness.identifier}`
    : plugin;
}

/** The day so many percent of the way; a due date that is past is the day itself. */
function between(today: string, due: string, percent: number): string {
  const days = Math.floor((Date.parse(due) - Date.parse(today)) / 86_400_000);
  return days <= 0 ? due : addDays(today, Math.floor((days * percent) / 100));
}

/**
 * Composes the POA&M of a weakness.
 * @param context.today YYYY-MM-DD in UTC: no milestone is planned for the past, unless the promised date is past already.
 */
export function composePoam(
  weakness: Weakness,
  context: {
    /** The day that it promises, YYYY-MM-DD. */
    readonly promised: string;
    readonly control: string | undefined;
    readonly poc: string | null;
    /** Whose plugin it is, as its source says. */
    readonly pluginsOf: string;
    readonly today: string;
    /** Which POA&M of this weakness it is, from 1. */
    readonly occurrence?: number;
    /** The POA&M of the same weakness that was completed before. */
    readonly follows?: Pick<Candidate, 'poamId' | 'remoteId' | 'endedOn'> | undefined;
    /** Those of the rule; undefined: Tieline's own words. */
    readonly templates?: WeaknessRule['templates'] | undefined;
  },
): ProposedPoam {
  const machines = some(weakness.assets.length, 'asset');
  const remedy =
    weakness.solution && !/^n\/a$/i.test(weakness.solution.trim()) ? weakness.solution.trim() : null;
  const fields = fieldsOf(weakness, context.promised);
  // One that comes to nothing (its fields are empty) says less than our own words.
  const filled = (template: string | null | undefined): string | undefined =>
    (template && fillTemplate(template, fields).trim()) || undefined;
  return {
    poam: {
      weakness_description: upTo(
        2000,
        filled(context.templates?.description) ??
          [titleOf(weakness) ?? weakness.pluginName, weakness.synopsis].filter(Boolean).join('\n'),
      ),
      source_of_discovery: sourceOf(weakness, context.pluginsOf),
      security_control: context.control ?? null,
      resources_required: 'System administrator, maintenance window',
      scheduled_completion: context.promised,
      poc: upTo(100, context.poc ?? 'Information system security officer'),
      status: 'Open',
      risk_rating: weakness.severity,
      weakness_risk_level: weakness.severity,
      original_detection_date: weakness.detectedOn,
      remediation_plan: upTo(
        2000,
        filled(context.templates?.plan) ??
          remedy ??
          'Assess the finding and agree a remedy with the system owner.',
      ),
      external_uid: poamKey(weakness, context.occurrence),
      ...(context.follows === undefined ? {} : { comments: followingText(context.follows) }),
    },
    milestones:
      context.templates?.milestones?.map(({ text, at }) => ({
        milestone_description: upTo(2000, fillTemplate(text, fields)),
        scheduled_completion: between(context.today, context.promised, at),
      })) ?? planMilestones(machines, context.promised, context.today),
  };
}

/** A completed POA&M is not opened again where the weakness returns late, or on another machine: the new one names it. */
const followingText = ({
  poamId,
  remoteId,
  endedOn,
}: Pick<Candidate, 'poamId' | 'remoteId' | 'endedOn'>): string =>
  `Follows POA&M ${remoteId ?? poamId}, which was completed${endedOn === null ? '' : ` on ${endedOn}`}; the weakness was found again since.`;

function planMilestones(machines: string, due: string, today: string): ProposedPoam['milestones'] {
  const daysLeft = Math.floor((Date.parse(due) - Date.parse(today)) / 86_400_000);
  const verified = `Verify by a credentialed scan that ${machines} no longer show the weakness`;
  if (daysLeft < 3)
    return [{ milestone_description: `Apply the remedy. ${verified}`, scheduled_completion: due }];
  return [
    {
      milestone_description: 'Test the remedy outside production',
      scheduled_completion: addDays(today, Math.floor(daysLeft / 3)),
    },
    {
      milestone_description: `Apply the remedy to ${machines}`,
      scheduled_completion: addDays(today, Math.floor((daysLeft * 2) / 3)),
    },
    { milestone_description: verified, scheduled_completion: due },
  ];
}
