/** Domains, with all names below them. Pure. */
import { fileExtensions } from '../indicator/extract/file-names.ts';

export interface OwnDomains {
  /** Whether a name is one of them or lies below one. In text it may have the ending of a file: `corp.example.html`. */
  areIn(name: string): boolean;
}

/** `domains`: in lower case. */
export function createOwnDomains(domains: readonly string[]): OwnDomains {
  const own = new Set(domains);
  const mostLabels = Math.max(0, ...domains.map(domain => domain.split('.').length));
  const isBelowOne = (labels: readonly string[]): boolean =>
    Array.from({ length: mostLabels }, (_, more) => labels.slice(-more - 1).join('.')).some(end => own.has(end));
  return {
    areIn(name) {
      const labels = name.split('.');
      return isBelowOne(labels) || (fileExtensions.has(labels.at(-1) ?? '') && isBelowOne(labels.slice(0, -1)));
    },
  };
}
