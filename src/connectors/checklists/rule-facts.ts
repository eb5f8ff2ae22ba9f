/**
 * What a checklist says of its rules beside their results: group, severity, CCIs, title, texts. The library leaves these out. Read from XML as it
 * comes, with nothing expanded: a document type is refused before anything else looks at the file.
 */
import { SaxesParser } from 'saxes';
import { messageOf } from '../../platform/errors/index.ts';
import { isJsonObject, type Json, type JsonObject } from '../../platform/values/index.ts';

export interface RuleFacts {
  /** `V-207184`. */
  group: string | undefined;
  severity: string | undefined;
  title: string | undefined;
  version: string | undefined;
  discussion: string | undefined;
  fix: string | undefined;
  readonly ccis: string[];
}

export interface FileFacts {
  /** By rule id, without prefix. */
  readonly rules: ReadonlyMap<string, RuleFacts>;
  /** When an automatic check ended, where the file says so. */
  readonly endedAt: string | undefined;
}

export const plainRuleId = (id: string): string => id.replace(/^xccdf_[^_]+_rule_/, '').trim();

const nothingKnown = (): RuleFacts => ({
  group: undefined,
  severity: undefined,
  title: undefined,
  version: undefined,
  discussion: undefined,
  fix: undefined,
  ccis: [],
});

const deepest = 64;

/** @throws Error saying what is wrong, where the XML is broken or declares a document type. */
export function factsOfXml(text: string): FileFacts {
  const parser = new SaxesParser();
  const reading = new XmlReading();
  let depth = 0;
  parser.on('doctype', () => {
    throw new Error('it declares a document type, which no checklist needs: the file is taken for an attack');
  });
  parser.on('opentag', ({ name, attributes }) => {
    depth += 1;
    if (depth > deepest) throw new Error(`elements are nested deeper than ${deepest}`);
    reading.open(name.slice(name.indexOf(':') + 1), attributes);
  });
  parser.on('closetag', ({ name }) => {
    depth -= 1;
    reading.close(name.slice(name.indexOf(':') + 1));
  });
  parser.on('text', (more) => reading.say(more));
  parser.on('cdata', (more) => reading.say(more));
  parser.on('error', (error) => {
    throw new Error(`the XML is broken: ${messageOf(error)}`);
  });
  parser.write(text).close();
  return reading.facts();
}

class XmlReading {
  readonly #rules = new Map<string, RuleFacts>();
  #text = '';
  #group: string | undefined;
  #rule = nothingKnown();
  #ruleId: string | undefined;
  #attribute = '';
  #identSystem = '';
  #endedAt: string | undefined;

  say(more: string): void {
    this.#text += more;
  }

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    this.#text = '';
    switch (name) {
      case 'VULN':
        this.#begin(undefined);
        return;
      case 'Group':
        this.#group = attributes['id']?.replace(/^xccdf_[^_]+_group_/, '');
        return;
      case 'Rule':
        this.#begin(plainRuleId(attributes['id'] ?? ''));
        this.#rule.severity = attributes['severity'];
        this.#rule.group = this.#group;
        return;
      case 'ident':
        this.#identSystem = attributes['system'] ?? '';
        return;
      case 'TestResult':
        this.#endedAt = attributes['end-time'] ?? attributes['start-time'] ?? this.#endedAt;
    }
  }

  #begin(ruleId: string | undefined): void {
    this.#rule = nothingKnown();
    this.#ruleId = ruleId;
  }

  close(name: string): void {
    const text = this.#text.trim();
    this.#text = '';
    switch (name) {
      case 'VULN_ATTRIBUTE':
        this.#attribute = text;
        return;
      case 'ATTRIBUTE_DATA':
        this.#takeAttribute(text);
        return;
      case 'SEVERITY_OVERRIDE':
        if (text !== '') this.#rule.severity = text;
        return;
      case 'title':
        if (this.#ruleId !== undefined) this.#rule.title ??= text;
        return;
      case 'version':
        if (this.#ruleId !== undefined) this.#rule.version ??= text;
        return;
      case 'fixtext':
        this.#rule.fix ??= text;
        return;
      case 'ident':
        if (/cci/i.test(this.#identSystem) && text.startsWith('CCI-')) this.#rule.ccis.push(text);
        return;
      case 'Group':
        this.#group = undefined;
        return;
      case 'VULN':
      case 'Rule':
        if (this.#ruleId) this.#rules.set(this.#ruleId, this.#rule);
        this.#begin(undefined);
    }
  }

  #takeAttribute(text: string): void {
    if (text === '') return;
    switch (this.#attribute) {
      case 'Rule_ID':
        this.#ruleId = plainRuleId(text);
        return;
      case 'Vuln_Num':
        this.#rule.group = text;
        return;
      case 'Severity':
        this.#rule.severity ??= text;
        return;
      case 'Rule_Ver':
        this.#rule.version = text;
        return;
      case 'Rule_Title':
        this.#rule.title = text;
        return;
      case 'Vuln_Discuss':
        this.#rule.discussion = text;
        return;
      case 'Fix_Text':
        this.#rule.fix = text;
        return;
      case 'CCI_REF':
        this.#rule.ccis.push(text);
    }
  }

  facts(): FileFacts {
    return { rules: this.#rules, endedAt: this.#endedAt };
  }
}

const textOf = (value: Json | undefined): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
const objects = (value: Json | undefined): JsonObject[] =>
  Array.isArray(value) ? value.flatMap((each) => (isJsonObject(each) ? [each] : [])) : [];

/** The same of a CKLB. @throws Error where it is no JSON. */
export function factsOfJson(text: string): FileFacts {
  const parsed: unknown = JSON.parse(text);
  const rules = new Map<string, RuleFacts>();
  for (const stig of objects(isJsonObject(parsed) ? parsed['stigs'] : undefined))
    for (const rule of objects(stig['rules'])) {
      const id = textOf(rule['rule_id_src']) ?? textOf(rule['rule_id']);
      if (id === undefined) continue;
      const overrides = isJsonObject(rule['overrides']) ? rule['overrides'] : {};
      const severity = isJsonObject(overrides['severity'])
        ? textOf(overrides['severity']['severity'])
        : undefined;
      rules.set(plainRuleId(id), {
        group: textOf(rule['group_id']),
        severity: severity ?? textOf(rule['severity']),
        title: textOf(rule['rule_title']),
        version: textOf(rule['rule_version']),
        discussion: textOf(rule['discussion']),
        fix: textOf(rule['fix_text']),
        ccis: (Array.isArray(rule['ccis']) ? rule['ccis'] : []).flatMap((cci) =>
          typeof cci === 'string' ? [cci] : [],
        ),
      });
    }
  return { rules, endedAt: undefined };
}
