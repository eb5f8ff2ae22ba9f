/**
 * What a POA&M says that Tieline makes: each of its fields, from the weakness that it answers. Pure. The limits on text are those that a
 * GRC system enforces.
 */
import { deriveUuid, type JsonObject } from '../../platform/values/index.ts';
import { addDays } from '../due-dates/index.ts';
import type { Weakness } from '../weaknesses/index.ts';

/**
 * The key by which the GRC system knows this POA&M as Tieline's: the same weakness always carries the same one.
 * @param occurrence from 2: the POA&M after those that were completed before the weakness was found again.
 */
export function poamKey(weakness: Pick<Weakness, 'systemId' | 'pluginId'>, occurrence = 1): string {
  const again = occurrence === 1 ? [] : [String(occurrence)];
  return deriveUuid('poam', weakness.systemId, 'plugin', weakness.pluginId, ...again);
}

/** Our own id of the POA&M: readable where it fits the column (50 characters), else derived. */
export function poamId(weakness: Pick<Weakness, 'systemId' | 'pluginId'>, occurrence = 1): string {
  const readable = `TL-${weakness.systemId}-${weakness.pluginId}${occurrence === 1 ? '' : `-${occurrence}`}`;
  return readable.length <= 50 ? readable : `TL-${poamKey(weakness, occurrence)}`;
}

const some = (n: number, one: string): string => `${n} ${n === 1 ? one : `${one}s`}`;

/** By which day a POA&M is obliged, and which it promises; the same, unless the obligation was past when it was proposed. */
export interface TwoDates {
  readonly on: string;
  readonly promised: string;
}

/** What a POA&M is for, in a line for a person: how much of which weakness where, and when it is due. @param today YYYY-MM-DD. */
export function purposeOf(weakness: Weakness, due: TwoDates, today: string): string {
  return (
    `${some(weakness.findings, `open ${weakness.severity.toLowerCase()} finding`)} of plugin ${weakness.pluginId} (${upTo(120, weakness.pluginName)})` +
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
  },
): ProposedPoam {
  const machines = some(weakness.assets.length, 'asset');
  const remedy =
    weakness.solution && !/^n\/a$/i.test(weakness.solution.trim()) ? weakness.solution.trim() : null;
  return {
    poam: {
      weakness_description: upTo(2000, [weakness.pluginName, weakness.synopsis].filter(Boolean).join('\n')),
      source_of_discovery: `${context.pluginsOf} plugin ${weakness.pluginId}`,
      security_control: context.control ?? null,
      resources_required: 'System administrator, maintenance window',
      scheduled_completion: context.promised,
      poc: upTo(100, context.poc ?? 'Information system security officer'),
      status: 'Open',
      risk_rating: weakness.severity,
      weakness_risk_level: weakness.severity,
      original_detection_date: weakness.detectedOn,
      remediation_plan: upTo(2000, remedy ?? 'Assess the finding and agree a remedy with the system owner.'),
      external_uid: poamKey(weakness, context.occurrence),
    },
    milestones: planMilestones(machines, context.promised, context.today),
  };
}

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
