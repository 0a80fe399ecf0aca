/** What breaks for a user of the last release. Its copies stand beside this file; CONTRIBUTING.md says when they change. */
import { buildSchema, findBreakingChanges } from 'graphql';
import { parse } from 'yaml';

export const lastRelease = '0.1.0';

const schemaOf = (text: string) => buildSchema(text, { assumeValidSDL: true });

/** A sentence for each change of the schema that breaks operations or code made for it. */
export const brokenInSchema = (before: string, after: string): readonly string[] =>
  findBreakingChanges(schemaOf(before), schemaOf(after)).map(({ description }) => description);

const isMap = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0;

/** `a.b.c` → its value as JSON. */
const valuesIn = (value: unknown, path: readonly string[] = []): readonly (readonly [string, string])[] =>
  isMap(value)
    ? Object.entries(value).flatMap(([key, below]) => valuesIn(below, [...path, key]))
    : [[path.join('.'), JSON.stringify(value)]];

/** The same for each of the chart's values that is gone, or is something else where nobody sets it. */
export function brokenInValues(before: string, after: string): readonly string[] {
  const now = new Map(valuesIn(parse(after)));
  return valuesIn(parse(before)).flatMap(([path, value]) => {
    const present = now.get(path);
    if (present === value) return [];
    return `The chart's value ${path} ${present === undefined ? 'was removed' : `is ${present} by default, not ${value}`}.`;
  });
}

/** Those that the unreleased part of the changelog does not hold as they stand here, with or without code marks and breaks. */
export function unlisted(broken: readonly string[], changelog: string): readonly string[] {
  const [, unreleased = ''] = changelog.split(/^## /m);
  const listed = unreleased.replaceAll('`', '').replace(/\s+/g, ' ');
  return broken.filter(sentence => !listed.includes(`Breaking: ${sentence}`));
}
