/**
 * Which texts of a POA&M follow a changed weakness rule. Pure. Three-way, as other fields are merged: a text that still says what Tieline
 * composed follows; one that a person or the GRC system has edited stays, and so does one that a conflict holds or that may not go out.
 */
import type { KeptText } from '../../../canonical/weakness-rule/index.ts';

/** The texts of a POA&M that templates make. */
export interface PoamTexts {
  readonly weakness_description: string;
  readonly remediation_plan: string;
  /** Of its milestones, in order. */
  readonly milestones: readonly string[];
}

const textFields = ['weakness_description', 'remediation_plan'] as const;
type TextField = (typeof textFields)[number];

export interface OpenText {
  readonly id: string;
  readonly text: string;
  /** A conflict holds it. */
  readonly isHeld: boolean;
}

export interface TextsNow {
  /** As Tieline last composed them; undefined: that is not known. */
  readonly base: PoamTexts | undefined;
  /** What our row says. */
  readonly now: Readonly<Record<TextField, string>>;
  /** Its open milestones, in order: what is done stays as it was done. */
  readonly milestones: readonly OpenText[];
  /** As the version in force says them. */
  readonly next: PoamTexts;
  /** Which of them the change of the rule is about. */
  readonly concerns: Readonly<Record<TextField | 'milestones', boolean>>;
  /** Fields of the POA&M that a conflict holds. */
  readonly held: readonly string[];
  /** Whether the policies let this field out. */
  readonly mayGoOut: (entity: 'poam' | 'milestone', field: string) => boolean;
}

export interface DecidedTexts {
  readonly fields: Partial<Record<TextField, string>>;
  readonly milestones: readonly { readonly id: string; readonly before: string; readonly text: string }[];
  readonly kept: readonly KeptText[];
  /** The base from now on. */
  readonly base: PoamTexts;
}

/** GRC systems trim texts and wrap lines anew: that is no edit. */
const plain = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();
const says = (one: string, other: string): boolean => plain(one) === plain(other);

/** Decides each text by itself. */
export function decideTexts(texts: TextsNow): DecidedTexts {
  const { base, next, now } = texts;
  const fields: Partial<Record<TextField, string>> = {};
  const kept: KeptText[] = [];
  for (const field of textFields) {
    if (!texts.concerns[field] || says(now[field], next[field])) continue;
    const why = reasonToKeep(texts, { entity: 'poam', field, isHeld: texts.held.includes(field) }, () =>
      base === undefined ? 'unknown' : says(now[field], base[field]) ? undefined : 'edited',
    );
    if (why === undefined) fields[field] = next[field];
    else kept.push({ field, why });
  }
  const milestones = decideMilestones(texts);
  return {
    fields,
    milestones: milestones.moved,
    kept: [...kept, ...milestones.kept],
    base: {
      weakness_description: baseOf(texts, 'weakness_description'),
      remediation_plan: baseOf(texts, 'remediation_plan'),
      milestones: milestones.isFollowed ? next.milestones : (base?.milestones ?? next.milestones),
    },
  };
}

/** What the change is not about still says what it was made with, though the same template would say something else today. */
const baseOf = ({ base, next, concerns }: TextsNow, field: TextField): string =>
  concerns[field] ? next[field] : (base?.[field] ?? next[field]);

function reasonToKeep(
  { mayGoOut }: TextsNow,
  of: { readonly entity: 'poam' | 'milestone'; readonly field: string; readonly isHeld: boolean },
  otherwise: () => KeptText['why'] | undefined,
): KeptText['why'] | undefined {
  return otherwise() ?? (of.isHeld ? 'held' : mayGoOut(of.entity, of.field) ? undefined : 'policy');
}

/** Each milestone that says what it was composed with says the new text of its place. Dates are promised, and stay. */
function decideMilestones(texts: TextsNow) {
  const { base, next, concerns } = texts;
  const keptAll = (why: KeptText['why']) => ({
    moved: [],
    kept: [{ field: 'milestones', why } as const],
    isFollowed: false,
  });
  if (!concerns.milestones || texts.milestones.length === 0)
    return { moved: [], kept: [], isFollowed: concerns.milestones };
  if (base === undefined) return keptAll('unknown');
  // Which of the new ones an old one would be cannot be said; milestones are neither added nor taken away by a rule.
  if (base.milestones.length !== next.milestones.length) return keptAll('number');
  const free = base.milestones.map((text, place) => ({ text, place }));
  const moved: { id: string; before: string; text: string }[] = [];
  const kept: KeptText[] = [];
  for (const { id, text, isHeld } of texts.milestones) {
    const at = free.findIndex((each) => says(each.text, text));
    const [found] = at === -1 ? [] : free.splice(at, 1);
    const to = found === undefined ? undefined : next.milestones[found.place];
    if (to !== undefined && says(text, to)) continue;
    const why = reasonToKeep(texts, { entity: 'milestone', field: 'milestone_description', isHeld }, () =>
      to === undefined ? 'edited' : undefined,
    );
    if (why === undefined && to !== undefined) moved.push({ id, before: text, text: to });
    else kept.push({ field: 'milestones', why: why ?? 'edited', text });
  }
  return { moved, kept, isFollowed: true };
}
