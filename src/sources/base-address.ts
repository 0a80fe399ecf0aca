/** The base address of a source. One that cannot work is refused at start, before its 404s can be taken for answers. */
import { url } from '../config/variables.ts';

/** Without query, fragment, user or empty segment. The patterns also stand in the chart's schema, for Helm's dialect. */
const plain = /^https?:\/\/[^@\s?#/]+(\/[^@\s?#/]+)*\/*$/i;

/** `ownPath`: the path that the source's calls begin with. */
export function baseAddress(ownPath = '') {
  const base = url('http:', 'https:').refine(text => plain.test(text), {
    error:
      'must be a base address without user, query, fragment and empty path segment, like https://proxy.example.com/prefix',
  });
  if (ownPath === '') return base.meta({ pattern: plain.source });
  const repeated = new RegExp(endOf(ownPath), 'i');
  return base
    .refine(text => !repeated.test(new URL(text).href), { error: `must end before ${ownPath}, which is added to it` })
    .meta({ pattern: plain.source, not: { pattern: repeated.source } });
}

/** Ends with the path's first segment, its second, or what follows on that: a call below it would repeat them. */
function endOf(path: string): string {
  const [first, second, ...others] = path.split('/').slice(1);
  const further = others.reduceRight((inner, segment) => `(/${segment}${inner})?`, '');
  return `[^/](/${first}|(/${first})?/${second}${further})/*$`;
}
