/** MISP events: the attributes whose types are indicators, those of objects too. */
import { isObject, type JsonObject } from './json-object.ts';
import type { InputItem, Place } from './model.ts';

/** undefined: it is none. */
export function mispItems(document: unknown, place: Place): Iterable<InputItem> | undefined {
  const attributes = [document].flat().flatMap(attributesIn);
  return attributes.length > 0 ? attributes.flatMap(attribute => itemsOf(attribute, place)) : undefined;
}

/** Of an event as it is, in `Event`, or in the `response` of a search. */
function attributesIn(value: unknown): readonly JsonObject[] {
  if (!isObject(value)) return [];
  const own = (Array.isArray(value.Attribute) ? value.Attribute : []).filter(isObject);
  const objects = Array.isArray(value.Object) ? value.Object.flatMap(attributesIn) : [];
  return [...own, ...objects, ...attributesIn(value.Event), ...[value.response].flat().flatMap(attributesIn)];
}

function itemsOf({ type, value, uuid, deleted }: JsonObject, { from, bytes }: Place): readonly InputItem[] {
  const place = { from: `${from}#${uuid ?? type}`, bytes };
  const values = deleted === true || typeof value !== 'string' ? [] : valuesOf(String(type), value);
  if (values.length > 0) return values.map(one => ({ ...place, kind: 'value', value: one, input: one }));
  const why = deleted === true ? 'deleted MISP attribute' : 'MISP attribute of another type';
  return [{ ...place, kind: 'left out', why }];
}

const indicatorTypes = new Set(
  (
    'ip ip-src ip-dst domain hostname url uri email email-src email-dst email-reply-to ' +
    'md5 sha1 sha256 sha512 x509-fingerprint-md5 x509-fingerprint-sha1 x509-fingerprint-sha256'
  ).split(' '),
);

/** `filename|md5`, `domain|ip` and `ip-dst|port` are two values in one. */
function valuesOf(type: string, value: string): readonly string[] {
  const types = type === 'malware-sample' ? ['filename', 'md5'] : type.split('|');
  const values = types.length > 1 ? value.split('|') : [value];
  return types.flatMap((one, at) => (indicatorTypes.has(one) && values[at]?.trim() ? values[at].trim() : []));
}
