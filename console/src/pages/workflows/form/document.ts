/**
 * A workflow's YAML as what it says, and changes of it by place. The text is the one truth: a change is a text that differs there alone, with its
 * comments and its order kept. Pure.
 */
import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  Pair,
  parseDocument,
  Scalar,
  visit,
  YAMLMap,
  YAMLSeq,
} from 'yaml';

/** Where something stands: `['steps', 0, 'with', 'say']`. */
export type Path = readonly (string | number)[];
export type Plain = Readonly<Record<string, unknown>>;

export type Written =
  | { readonly plain: Plain; readonly fault?: undefined }
  /** Why a form cannot show it. */
  | { readonly fault: string };

export const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What the text says, or why it is left to who reads YAML. */
export function readWritten(source: string): Written {
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines, uniqueKeys: true });
  const [error] = document.errors;
  if (error) {
    const { line } = lines.linePos(error.pos[0]);
    return { fault: `Line ${line} is no YAML that can be read: ${error.message.split('\n')[0] ?? ''}` };
  }
  let hasAlias = false;
  visit(document, { Alias: () => ((hasAlias = true), visit.BREAK) });
  if (hasAlias) return { fault: 'It uses aliases of YAML (*name), which a form would tear apart.' };
  const plain: unknown = document.toJS() ?? {};
  return isPlain(plain)
    ? { plain }
    : { fault: 'This is no workflow: a workflow has a name, a title and steps.' };
}

/** The value at the path; undefined where there is none. */
export const valueAt = (plain: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null
        ? (inner as Record<string | number, unknown>)[key]
        : undefined, // looked up by a key of it
    plain,
  );

/** Where a new key stands among its neighbours, as people write workflows. */
const order = (
  'name title purpose kind trigger record id action approve waitUntil branch event schedule metric above below by_hand ' +
  'ask levels expireDays remindDays escalateTo who quorum with when limit timeoutDays onTimeout steps else onRefused onError'
).split(' ');

const keyOf = (pair: Pair): string => String(isScalar(pair.key) ? pair.key.value : pair.key);

function place(map: YAMLMap, key: string, node: unknown): void {
  const rank = order.indexOf(key);
  const after = rank < 0 ? -1 : map.items.findIndex((pair) => order.indexOf(keyOf(pair)) > rank);
  map.items.splice(after < 0 ? map.items.length : after, 0, new Pair(new Scalar(key), node));
}

const joined = (...texts: readonly (string | null | undefined)[]): string | undefined => {
  const said = texts.filter((text) => typeof text === 'string' && text !== '');
  return said.length === 0 ? undefined : said.join('\n');
};

/** A comment above what is removed stays, above what follows it. */
function removeKey(map: YAMLMap, key: string): void {
  const at = map.items.findIndex((pair) => keyOf(pair) === key);
  if (at < 0) return;
  const [gone] = map.items.splice(at, 1);
  const above = gone && isNode(gone.key) ? gone.key.commentBefore : undefined;
  if (!above) return;
  const next = map.items[at]?.key;
  if (isNode(next)) next.commentBefore = joined(above, next.commentBefore) ?? null;
  else map.comment = joined(map.comment, above) ?? null;
}

function withCommentsOf(before: unknown, node: Node): Node {
  if (!isNode(before)) return node;
  const { comment, commentBefore, spaceBefore } = before;
  if (comment) node.comment = comment;
  if (commentBefore) node.commentBefore = commentBefore;
  if (spaceBefore) node.spaceBefore = spaceBefore;
  return node;
}

/** The node that says `value`: the one that is there, changed as little as can be, else a new one. */
function nodeFor(document: Document, before: unknown, value: unknown): Node {
  if (isMap(before) && isPlain(value)) {
    for (const key of before.items.map(keyOf)) if (!(key in value)) removeKey(before, key);
    for (const [key, inner] of Object.entries(value)) setIn(document, before, key, inner);
    return before;
  }
  if (isSeq(before) && Array.isArray(value) && value.every((each) => typeof each !== 'object')) {
    const kept = (each: unknown): unknown =>
      before.items.find((item) => isScalar(item) && item.value === each) ?? document.createNode(each);
    before.items = value.map(kept);
    return before;
  }
  if (isScalar(before) && typeof value === 'string' && typeof before.value === 'string') {
    before.value = value;
    // What was typed a moment ago may have needed quotes that this does not; where they are needed, they come again.
    if (before.type?.startsWith('QUOTE')) before.type = 'PLAIN';
    return before;
  }
  return withCommentsOf(before, document.createNode(value));
}

function setIn(document: Document, parent: YAMLMap, key: string, value: unknown): void {
  const pair = parent.items.find((each) => keyOf(each) === key);
  if (pair) pair.value = nodeFor(document, pair.value, value);
  else place(parent, key, document.createNode(value));
}

/** The collection at the path, made where there is none. */
function collectionAt(document: Document, path: Path, isList: boolean): YAMLMap | YAMLSeq {
  if (!isCollection(document.contents)) document.contents = new YAMLMap(document.schema);
  let here: unknown = document.contents;
  for (const [depth, key] of path.entries()) {
    const wantsList = depth === path.length - 1 ? isList : typeof path[depth + 1] === 'number';
    const inner: unknown = isCollection(here) ? here.get(key, true) : undefined;
    if (isCollection(inner)) {
      here = inner;
      continue;
    }
    const made = withCommentsOf(
      inner,
      wantsList ? new YAMLSeq(document.schema) : new YAMLMap(document.schema),
    );
    if (isSeq(here) && typeof key === 'number') here.items[key] = made;
    else if (isMap(here)) {
      const pair = here.items.find((each) => keyOf(each) === String(key));
      if (pair) pair.value = made;
      else place(here, String(key), made);
    }
    here = made;
  }
  return here as YAMLMap | YAMLSeq; // made above where it was none
}

const parsed = (source: string): Document => parseDocument(source) as Document; // its contents may be anything

/** Lines are as long as in the workflows that ship: a longer width would unfold what somebody folded. */
const textOf = (document: Document): string => document.toString({ lineWidth: 140, singleQuote: true });

/** @param value undefined: the key is removed, with a map that holds nothing else. */
export function withValue(source: string, path: Path, value: unknown): string {
  const document = parsed(source);
  const [key] = path.slice(-1);
  const parentPath = path.slice(0, -1);
  if (key === undefined) return source;
  if (value === undefined) {
    const parent: unknown = parentPath.length === 0 ? document.contents : document.getIn(parentPath, true);
    if (isSeq(parent) && typeof key === 'number') parent.items.splice(key, 1);
    else if (isMap(parent)) removeKey(parent, String(key));
    if (isMap(parent) && parent.items.length === 0 && parentPath.at(-1) === 'with')
      return withValue(textOf(document), parentPath, undefined);
    return textOf(document);
  }
  const parent = collectionAt(document, parentPath, typeof key === 'number');
  if (isSeq(parent)) parent.items[Number(key)] = nodeFor(document, parent.items[Number(key)], value);
  else setIn(document, parent, String(key), value);
  return textOf(document);
}

/** @param at where it comes to stand in the list. */
export function withItem(source: string, list: Path, at: number, value: unknown): string {
  const document = parsed(source);
  const items = collectionAt(document, list, true);
  if (!isSeq(items)) return source;
  if (items.items.length === 0) items.flow = false;
  items.items.splice(at, 0, document.createNode(value));
  return textOf(document);
}

/** A comment above an item moves with it. */
export function withMoved(source: string, list: Path, from: number, to: number): string {
  const document = parsed(source);
  const items: unknown = document.getIn(list, true);
  if (!isSeq(items)) return source;
  const [first] = items.items;
  if (items.commentBefore && isNode(first)) {
    first.commentBefore = joined(items.commentBefore, first.commentBefore) ?? null;
    items.commentBefore = null;
  }
  const [moved] = items.items.splice(from, 1);
  items.items.splice(to, 0, moved);
  return textOf(document);
}

/** What stands at the path, as YAML of its own. */
export function yamlAt(source: string, path: Path): string {
  const document = parsed(source);
  const node: unknown = document.getIn(path, true);
  if (!isNode(node) || isAlias(node)) return '';
  const part = parsed('');
  part.contents = node;
  return textOf(part).trimEnd();
}

/** @returns undefined where `text` is not YAML that can stand there. */
export function withYaml(source: string, path: Path, text: string): string | undefined {
  const part = parsed(text);
  if (part.errors.length > 0 || !isNode(part.contents)) return undefined;
  const document = parsed(source);
  const before: unknown = document.getIn(path, true);
  const node = part.contents;
  node.comment = joined(node.comment, part.comment) ?? (isNode(before) ? (before.comment ?? null) : null);
  node.commentBefore = joined(part.commentBefore, node.commentBefore) ?? null;
  document.setIn(path, node);
  const changed = textOf(document);
  return readWritten(changed).fault === undefined ? changed : undefined;
}
