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
/** A value in its one canonical spelling: refanged, lower-cased where case means nothing. Made by `parseIndicator` alone. */
export type CanonicalValue = string & { readonly [canonical]: true };

/** An identity: equal type and equal value mean the same indicator. */
export interface Indicator {
  readonly type: IndicatorType;
  readonly value: CanonicalValue;
}

/** An indicator, or one sentence for the person who typed it: what is wrong and what would be right. */
export type Parsed =
  | { readonly indicator: Indicator; readonly problem?: undefined }
  | { readonly problem: string; readonly indicator?: undefined };

/** The only way to make an Indicator. With `type`, the text must be usable as that type. */
export declare function parseIndicator(input: string, type?: IndicatorType): Parsed;

/** Unambiguous text for maps and cache keys: equal if and only if the indicators are. */
export declare function indicatorKey(indicator: Indicator): string;

/** The global id of the GraphQL schema (opaque base64url), and back; undefined for anything `indicatorId` did not make. */
export declare function indicatorId(indicator: Indicator): string;
export declare function indicatorFromId(id: string): Indicator | undefined;

/** The host of a URL or e-mail address, as an indicator of its own. Free. */
export declare function hostOf(indicator: Indicator): Indicator | undefined;

/** "private", "documentation", "loopback", …; undefined for what may stand on the public Internet. Free. */
export declare function specialUseOf(indicator: Indicator): string | undefined;

/** Safe to paste into a chat: hxxps://evil[.]example[.]org/x. */
export declare function defang(indicator: Indicator): string;
