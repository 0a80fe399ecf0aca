/** What an indicator is, and what a parser of one type gives. */

export const indicatorTypes = [
  'IPV4',
  'IPV6',
  'CIDR',
  'DOMAIN',
  'URL',
  'EMAIL',
  'MD5',
  'SHA1',
  'SHA256',
  'SHA512',
  'OTHER',
] as const;

export type IndicatorType = (typeof indicatorTypes)[number];

declare const canonical: unique symbol;

/** A value in its canonical spelling: refanged, lower case where case has no meaning. Only `parseIndicator` makes it. */
export type CanonicalValue = string & { readonly [canonical]: true };

/** Two indicators are the same if type and value are equal. */
export interface Indicator {
  readonly type: IndicatorType;
  readonly value: CanonicalValue;
  /** The caller named the type; it was not inferred from the text. */
  readonly isTypeGiven?: boolean;
}

/** A canonical value, or the problem of text that has the shape of this type without being valid. */
export type ParseResult =
  | {
      readonly value: string;
      /** Where it is not the one that the text has the shape of: 192.0.2.1/32 is an address, not a block. */
      readonly type?: IndicatorType;
      readonly problem?: undefined;
    }
  | { readonly problem: string; readonly value?: undefined; readonly type?: undefined };

/**
 * `strict`: the caller named the type, so unusual values of it (a name without a dot) are accepted.
 * `inferred`: the type is tried because of the text's shape, so they are not.
 */
export type ParseMode = 'strict' | 'inferred';

/** Returns undefined for text that does not have the shape of this type. */
export type TypeParser = (text: string, mode?: ParseMode) => ParseResult | undefined;
