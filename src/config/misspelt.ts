/** Variables that look like ours and are none, and values that were copied with something around them. */
import { distance } from 'fastest-levenshtein';
import type { Environment, Problems } from './variables.ts';

/** Others' variables that look like ours, and those that are read in lower case too. */
const others = new Set([
  ...['HTTP_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'],
  ...['NODE_EXTRA_CA_CERTS', 'REDIS_PORT', 'REDIS_HOST'],
]);

/**
 * `names`: of all variables that the gateway reads. `byOtherNames`: what else somebody may call one of them (`DATADOG_API_KEY`) → its
 * name (`DD_API_KEY`).
 */
export function misspeltNames(
  environment: Environment,
  names: readonly string[],
  byOtherNames: ReadonlyMap<string, string>,
): Problems {
  const known = new Set(names);
  const spellings = [...names.map(name => [name, name] as const), ...byOtherNames];
  return Object.keys(environment).flatMap(name => {
    if (known.has(name) || others.has(name) || !name.includes('_') || !environment[name]?.trim()) return [];
    const [, near] = spellings.find(([ours]) => ours.includes('_') && isNear(name.toUpperCase(), ours)) ?? [];
    return near === undefined
      ? []
      : [`${name} is no variable of the gateway, and is not read: ${near} is meant perhaps`];
  });
}

/** A letter more, less or other; two in a long name. */
const isNear = (name: string, ours: string): boolean =>
  Math.abs(name.length - ours.length) <= 2 && distance(name, ours) <= (ours.length >= 14 ? 2 : 1);

/** `secrets`: the names of variables that hold a credential. Never tells a value. */
export function wrappedSecrets(read: Readonly<Record<string, string | undefined>>): Problems {
  return Object.entries(read).flatMap(([name, value]) => {
    if (value === undefined) return [];
    if (/^(["']).*\1$/s.test(value)) return [`${name} begins and ends with quotes, which are sent as a part of it`];
    return isBase64OfText(value) ? [`${name} looks like base64, and is sent as it stands: decode it first`] : [];
  });
}

/** Keys themselves are letters and digits too, but those of a key decode to anything. */
function isBase64OfText(value: string): boolean {
  if (value.length < 12 || value.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(value)) return false;
  const text = Buffer.from(value, 'base64').toString('latin1');
  return /^[\x21-\x7e]+\n?$/.test(text);
}
