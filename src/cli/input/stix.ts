/** STIX 2 bundles: patterns of indicators, and observables. */
import { isObject, type JsonObject } from './json-object.ts';
import type { InputItem, Place } from './model.ts';

/** undefined: it is none. */
export function stixItems(document: unknown, place: Place): Iterable<InputItem> | undefined {
  if (!isObject(document) || !Array.isArray(document.objects)) return undefined;
  const objects = document.objects.filter(isStixObject);
  return objects.length > 0 ? objects.flatMap(object => itemsOfObject(object, place)) : undefined;
}

const isStixObject = (value: unknown): value is JsonObject =>
  isObject(value) && typeof value.type === 'string' && (typeof value.id === 'string' || value.type === 'indicator');

function itemsOfObject(object: JsonObject, { from, bytes }: Place): readonly InputItem[] {
  const place = { from: `${from}#${object.id ?? object.type}`, bytes };
  const values = valuesOf(object);
  if (values.length > 0) return values.map(value => ({ ...place, kind: 'value', value, input: value }));
  const why = object.type === 'indicator' ? 'STIX pattern of another kind' : 'STIX object of another type';
  return [{ ...place, kind: 'left out', why }];
}

function valuesOf({ type, pattern, value, hashes, objects }: JsonObject): readonly string[] {
  if (type === 'indicator') return typeof pattern === 'string' ? valuesInPattern(pattern) : [];
  if (type === 'observed-data' && isObject(objects)) return Object.values(objects).filter(isObject).flatMap(valuesOf);
  if (observables.has(String(type))) return typeof value === 'string' ? [value] : [];
  return isObject(hashes) ? hashNames.flatMap(name => (typeof hashes[name] === 'string' ? hashes[name] : [])) : [];
}

const observables = new Set(['ipv4-addr', 'ipv6-addr', 'domain-name', 'url', 'email-addr']);
const hashNames = ['MD5', 'SHA-1', 'SHA-256', 'SHA-512'];

/** Comparisons of a value or a hash with `=` or `IN`; a file's name, a registry key and the like are not looked up. */
const comparison = /:[\w.'-]*(?:value|hashes\.(?:'[\w-]+'|[\w-]+))\s*(?:=|IN\b)\s*('(?:[^'\\]|\\.)*'|\([^)]*\))/g;
const literal = /'((?:[^'\\]|\\.)*)'/g;

function valuesInPattern(pattern: string): readonly string[] {
  const literals = [...pattern.matchAll(comparison)].flatMap(([, right = '']) => [...right.matchAll(literal)]);
  return [...new Set(literals.map(([, text = '']) => text.replaceAll(/\\(.)/g, '$1')))];
}
