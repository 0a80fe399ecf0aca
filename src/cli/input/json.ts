/** JSON: a line for each record, or one document. */
import { withoutPort } from './host-port.ts';
import { isObject } from './json-object.ts';
import { mispItems } from './misp.ts';
import type { InputItem, Line, Place } from './model.ts';
import { holdsIndicators, isLikeIndicator, isOtherName, mentionsIndicator } from './names.ts';
import { stixItems } from './stix.ts';
import { textItems } from './text.ts';

export async function* jsonLineItems(lines: AsyncIterable<Line>, file: string): AsyncGenerator<InputItem> {
  for await (const { text, number, bytes } of lines) {
    const place = { from: `${file}:${number}`, bytes };
    if (text.trim() === '') continue;
    const record = parseJson(text);
    if (record === undefined) yield { ...place, kind: 'text', text, input: text, problem: 'The line is not JSON.' };
    else yield* itemsOf(record, place);
  }
}

/** `record` is of a list of them. */
function* itemsOf(record: unknown, place: Place): Generator<InputItem> {
  const known = stixItems(record, place) ?? mispItems(record, place);
  if (known !== undefined) yield* known;
  else if (typeof record === 'string') yield toValue(record.trim(), place);
  else yield* recordItems(record, place);
}

export function readDocument(
  document: unknown,
  place: Place,
): { kind: string; items: Iterable<InputItem> | AsyncIterable<InputItem> } {
  const stix = stixItems(document, place);
  if (stix !== undefined) return { kind: 'a STIX bundle', items: stix };
  const misp = mispItems(document, place);
  if (misp !== undefined) return { kind: 'a MISP event', items: misp };
  const items = Array.isArray(document)
    ? document.values().flatMap((record, at) => itemsOf(record, { ...place, from: `${place.from}#${at + 1}` }))
    : textItems(
        textsIn(document).map(text => ({ ...place, text, number: 1, isWhole: true })),
        place.from,
      );
  return { kind: 'JSON', items };
}

const toValue = (input: string, place: Place): InputItem => ({
  ...place,
  kind: 'value',
  value: withoutPort(input),
  input,
});

/** A flat record has its indicators in fields of known names or looks. In a nested one they may be anywhere. */
function* recordItems(record: unknown, place: Place): Generator<InputItem> {
  const fields = isObject(record) ? Object.entries(record) : [];
  const isFlat = fields.every(([, value]) => !isObject(value) && !(Array.isArray(value) && value.some(isNested)));
  const known = (isFlat ? fields : []).filter(([name, value]) =>
    holdsIndicators(name, textsOf(value).every(isLikeIndicator) ? 1 : 0),
  );
  const values = new Set(known.flatMap(([, value]) => textsOf(value)));
  for (const value of values) yield toValue(value, place);
  const others = fields.filter(field => !known.includes(field) && !isOtherName(field[0]));
  const mentions = others.flatMap(([, value]) => textsOf(value)).filter(mentionsIndicator);
  if (values.size === 0)
    yield { ...place, kind: 'text', text: textsIn(record).join('\n'), input: JSON.stringify(record) };
  else if (mentions.length > 0) yield { ...place, kind: 'text', text: mentions.join('\n') };
}

/** Of a field that holds one text or several. */
const textsOf = (value: unknown): readonly string[] =>
  [value].flat().flatMap(text => (typeof text === 'string' ? text.trim() || [] : []));

const isNested = (value: unknown) => typeof value === 'object' && value !== null;

/** Every text in it, in its order. A stack, because documents may be nested more deeply than functions. */
function textsIn(document: unknown): readonly string[] {
  const texts: string[] = [];
  const stack = [document];
  while (stack.length > 0) {
    const value = stack.pop();
    if (typeof value === 'string') texts.push(value);
    else if (isNested(value)) for (const part of Object.values(Object(value)).reverse()) stack.push(part);
  }
  return texts;
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
