/** What "nothing was found" rests on: the sources that are known to hold such a thing. Pure. */
import type { Indicator, IndicatorType } from '../indicator/model.ts';
import { isHeard, type MissingSource, missingText } from './missing-sources.ts';
import type { SourceAnswer, SourceAnswers } from './model.ts';
import { type Detail, joined, shownValue } from './wording.ts';

/** The answers of those that are known to hold such a thing; of nobody for text whose type was only guessed. */
const witnessesIn = ({ indicator, answers }: SourceAnswers): readonly SourceAnswer[] =>
  isGuess(indicator) ? [] : answers.filter(answer => answer.isWitness && isHeard(answer));

/** `OTHER` because nothing else fitted, not because the caller said so. */
export const isGuess = ({ type, isTypeGiven }: Indicator): boolean => type === 'OTHER' && isTypeGiven !== true;

/** A host can be witnessed where its URL cannot. */
export const hasWitness = (own: SourceAnswers, host: SourceAnswers | undefined): boolean =>
  witnessesIn(own).length > 0 || (host !== undefined && witnessesIn(host).length > 0);

const typeNames: Readonly<Record<IndicatorType, string>> = {
  IPV4: 'IPv4 addresses',
  IPV6: 'IPv6 addresses',
  CIDR: 'address blocks',
  DOMAIN: 'domains',
  URL: 'URLs',
  EMAIL: 'e-mail addresses',
  MD5: 'MD5 hashes',
  SHA1: 'SHA-1 hashes',
  SHA256: 'SHA-256 hashes',
  SHA512: 'SHA-512 hashes',
  OTHER: 'such text',
};

/** "no match in Datadog (logs of the last 30 days); Argus is not known to hold SHA-1 hashes" */
export function nothingText(own: SourceAnswers, host: SourceAnswers | undefined, detail: Detail): string {
  const witnesses = witnessesIn(own);
  const noun = typeNames[own.indicator.type];
  const others = own.answers.filter(answer => !witnesses.includes(answer) && answer.report.status !== 'UNCONFIGURED');
  const notKnown = others.map(({ source }) => source.title);
  const outdated = witnesses.filter(({ report }) => report.status === 'MATCHED').map(({ source }) => source.title);
  const parts =
    witnesses.length === 0 && host !== undefined
      ? [
          `no match for its host ${shownValue(host.indicator, detail)} in ${searched(witnessesIn(host), detail)}`,
          `no source is known to hold ${noun} themselves`,
        ]
      : [
          `no match in ${searched(witnesses, detail)}${host === undefined ? '' : ', nor for its host'}`,
          ...(outdated.length > 0
            ? [`${joined(outdated)} ${has(outdated)} only deleted or superseded records of it`]
            : []),
          ...(notKnown.length > 0 ? [`${joined(notKnown)} ${are(notKnown)} not known to hold ${noun}`] : []),
        ];
  return [...parts, ...notConnected(own)].join('; ');
}

const searched = (answers: readonly SourceAnswer[], { hasNotes }: Detail): string =>
  joined(
    answers.map(({ source, report }) => {
      const limit = report.limits.includes('DEFAULT_MATCHER_ONLY') ? ['default matcher only'] : [];
      const notes = [...(hasNotes ? [source.coverage] : []), ...limit];
      return notes.length === 0 ? source.title : `${source.title} (${notes.join('; ')})`;
    }),
    'or',
  );

const has = (names: readonly string[]): string => (names.length === 1 ? 'has' : 'have');
const are = (names: readonly string[]): string => (names.length === 1 ? 'is' : 'are');

/** "Argus is not connected here" */
export const notConnected = ({ answers }: SourceAnswers): readonly string[] =>
  answers
    .filter(({ report }) => report.status === 'UNCONFIGURED')
    .map(({ source }) => `${source.title} is not connected here`);

/** Why nothing can be concluded: who is missing, or that nobody is known to hold such a thing. */
export function gateText(missingSources: readonly MissingSource[], own: SourceAnswers, detail: Detail): string {
  if (missingSources.length > 0) return [missingText(missingSources, detail), ...notConnected(own)].join('; ');
  if (isGuess(own.indicator))
    return 'it was taken for text of no known type, and no source is known to hold that; ask with type OTHER if it is meant as it stands';
  return [`no source that answered is known to hold ${typeNames[own.indicator.type]}`, ...notConnected(own)].join('; ');
}
