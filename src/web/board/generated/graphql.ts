/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** What an answer can not tell, however well it went. */
export type CoverageLimit =
  /**
   * Only the value itself is known to have been looked for, not its parent domains or the address blocks around it. A verdict
   * and `covering` look for those too; of addresses the limit stays until Argus has once shown a block around one.
   */
  | 'EXACT_VALUE_ONLY'
  /**
   * Beside `TYPE_NOT_DOCUMENTED` on a URL or e-mail address: the verdict rests on its host, the only part that the source is
   * known to hold.
   */
  | 'HOST_ONLY'
  /** Datadog knows only what a log of the last 30 days matched. */
  | 'LAST_30_DAYS'
  /**
   * Hosts, users, critical assets and who triaged are not shown to this caller: the lists are empty and the ids null
   * whatever Datadog holds.
   */
  | 'PERSONAL_DATA_HIDDEN'
  /** Argus shows only lists that the key may read; the others are absent without a word. */
  | 'READABLE_LISTS_ONLY'
  /** Records in other states, or on other lists, than those asked for were left out. */
  | 'STATES_FILTERED'
  /** There are more records than Argus lets anybody read; those shown are not all. */
  | 'TRUNCATED'
  /**
   * The source is not known to hold indicators of this type, so that its `NO_MATCH` proves nothing about the value; a match
   * counts all the same.
   */
  | 'TYPE_NOT_DOCUMENTED';

/** What kind of thing a value is. Recognised from the value by itself: no source is asked. */
export type IndicatorType =
  /** A block of addresses: `203.0.113.0/24`. */
  | 'CIDR'
  /** A domain or host name: `evil.example.org`. An internationalised one is held in its ASCII form (`xn--…`). */
  | 'DOMAIN'
  /** An e-mail address: `who@example.org`. */
  | 'EMAIL'
  /** An IPv4 address: `198.51.100.7`. */
  | 'IPV4'
  /** An IPv6 address: `2001:db8::1`. */
  | 'IPV6'
  /** An MD5 digest: 32 hexadecimal digits. */
  | 'MD5'
  /** Any other text, for example a user agent. Datadog may know it; Argus has no type for it. */
  | 'OTHER'
  /** A SHA-1 digest: 40 hexadecimal digits. */
  | 'SHA1'
  /** A SHA-256 digest: 64 hexadecimal digits. */
  | 'SHA256'
  /** A SHA-512 digest: 128 hexadecimal digits. */
  | 'SHA512'
  /** A URL with its scheme: `https://evil.example.org/x`. */
  | 'URL';

/** Where a record stands in its life. */
export type MembershipState =
  /** Last seen within the list's active period. */
  | 'ACTIVE'
  /** The newest record of its value on its list, but last seen before the active period. */
  | 'LATEST'
  /** Superseded: the value was imported again outside the list's grace period, as a new record. */
  | 'OLD'
  /** Argus sent a word that this version of the gateway does not know. */
  | 'UNKNOWN';

/** Where an answer came from. */
export type ServedFrom =
  /** The gateway's cache, young enough to count as fresh. */
  | 'CACHE'
  /** The upstream, asked for this operation or for another at the same moment. */
  | 'LIVE'
  /** The gateway's cache, past its freshness, since the source could not be heard or is being asked again meanwhile. */
  | 'STALE_CACHE';

/** The upstream services that facts come from. */
export type SourceName =
  /** mnemonic Argus Reputation v2: indicator lists. */
  | 'ARGUS'
  /** Datadog Cloud SIEM's IoC Explorer: threat intelligence that matched your own logs. */
  | 'DATADOG';

/**
 * What came of asking a source. Only `MATCHED` and `NO_MATCH` are answers. In brackets: the error code that shorthand
 * fields raise for the same.
 */
export type SourceStatus =
  /**
   * The source refused the credentials, or the caller lacks the key or permission for it. [`UPSTREAM_DENIED`,
   * `FORBIDDEN`]
   */
  | 'DENIED'
  /**
   * The source answered something that can not be trusted: unreadable, too large, or about another indicator.
   * [`UPSTREAM_MALFORMED`]
   */
  | 'MALFORMED'
  /** The source knows the indicator. */
  | 'MATCHED'
  /** The source does not know this type of indicator. Nothing is missing. */
  | 'NOT_APPLICABLE'
  /** No selected field asked the source. */
  | 'NOT_QUERIED'
  /** The source answered completely and does not know the indicator. See `limits` for what that is worth. */
  | 'NO_MATCH'
  /** The source's rate limit or quota is spent; see `retryAfterSeconds`. [`UPSTREAM_RATE_LIMITED`] */
  | 'RATE_LIMITED'
  /** The source refused the question. [`UPSTREAM_REJECTED`, or `BAD_USER_INPUT` where it speaks of an argument] */
  | 'REJECTED'
  /** No answer in time. [`UPSTREAM_TIMEOUT`, or `DEADLINE_EXCEEDED` where there was no time left to ask] */
  | 'TIMED_OUT'
  /** The source is down, or was lately and is being left alone for a while. [`UPSTREAM_UNAVAILABLE`] */
  | 'UNAVAILABLE'
  /** The gateway has no credentials for the source. [`SOURCE_UNCONFIGURED`] */
  | 'UNCONFIGURED';

/** Whether somebody has looked at an indicator in Datadog. It records no conclusion: it never changes a verdict. */
export type TriageState =
  /** Nobody has reviewed it. */
  | 'NOT_REVIEWED'
  /** Somebody has looked. Datadog does not record what they concluded. */
  | 'REVIEWED'
  /** Datadog sent a word that this version of the gateway does not know. */
  | 'UNKNOWN';

/** How bad it is, worst first; `INCONCLUSIVE` stands for "nobody can say yet". */
export type VerdictLevel =
  /** A source calls it benign and none says worse. */
  | 'BENIGN'
  /**
   * Nothing accuses it so far, but a source gave no complete answer, or no source is known to hold such a thing. `summary`
   * says which. Do not read it as harmless.
   */
  | 'INCONCLUSIVE'
  /** Known to a source, with no accusation or only a weak one: a list that is not sure, or old news. */
  | 'INFORMATIONAL'
  /** At least one source is sure enough to call it malicious, or two independent ones accuse it together. */
  | 'MALICIOUS'
  /** Every source was heard, at least one is known to hold such a thing, and none knows this one. No proof that it is harmless. */
  | 'NO_MATCH'
  /**
   * Accused, but not firmly: a middling score or confidence, a feed that calls it malicious or suspicious, security signals,
   * an older listing; or what is around it is: its host, a parent domain, an address block.
   */
  | 'SUSPICIOUS';

export type ReportFragment = { readonly source: SourceName, readonly status: SourceStatus, readonly limits: ReadonlyArray<CoverageLimit>, readonly servedFrom: ServedFrom | null, readonly staleBecause: SourceStatus | null, readonly fetchedAt: string | null, readonly detail: string | null, readonly retryAfterSeconds: number | null };

export type BoardRowFragment = { readonly id: string, readonly value: string, readonly type: IndicatorType, readonly defanged: string, readonly specialUse: string | null, readonly verdict: { readonly id: string, readonly level: VerdictLevel, readonly summary: string, readonly missing: ReadonlyArray<SourceName>, readonly conflicting: boolean, readonly reasons: ReadonlyArray<{ readonly source: SourceName | null, readonly rule: string, readonly effect: VerdictLevel | null, readonly detail: string }> }, readonly datadog: { readonly id: string, readonly report: { readonly source: SourceName, readonly status: SourceStatus, readonly limits: ReadonlyArray<CoverageLimit>, readonly servedFrom: ServedFrom | null, readonly staleBecause: SourceStatus | null, readonly fetchedAt: string | null, readonly detail: string | null, readonly retryAfterSeconds: number | null }, readonly threat: { readonly id: string, readonly score: number | null, readonly logMatches: number | string | null, readonly lastSeen: string | null, readonly triageState: TriageState | null } | null }, readonly argus: { readonly id: string, readonly membershipCount: number | null, readonly report: { readonly source: SourceName, readonly status: SourceStatus, readonly limits: ReadonlyArray<CoverageLimit>, readonly servedFrom: ServedFrom | null, readonly staleBecause: SourceStatus | null, readonly fetchedAt: string | null, readonly detail: string | null, readonly retryAfterSeconds: number | null }, readonly memberships: ReadonlyArray<{ readonly id: string, readonly state: MembershipState, readonly lastSeen: string | null, readonly list: { readonly id: string, readonly shortName: string, readonly name: string, readonly confidence: number | null } }> | null } };

export type TriageQueryVariables = Exact<{
  values: ReadonlyArray<string> | string;
  maxAgeSeconds?: number | null | undefined;
}>;


export type TriageQuery = { readonly lookup: ReadonlyArray<{ readonly input: string, readonly problem: string | null, readonly indicator: { readonly id: string, readonly value: string, readonly type: IndicatorType, readonly defanged: string, readonly specialUse: string | null, readonly verdict: { readonly id: string, readonly level: VerdictLevel, readonly summary: string, readonly missing: ReadonlyArray<SourceName>, readonly conflicting: boolean, readonly reasons: ReadonlyArray<{ readonly source: SourceName | null, readonly rule: string, readonly effect: VerdictLevel | null, readonly detail: string }> }, readonly datadog: { readonly id: string, readonly report: { readonly source: SourceName, readonly status: SourceStatus, readonly limits: ReadonlyArray<CoverageLimit>, readonly servedFrom: ServedFrom | null, readonly staleBecause: SourceStatus | null, readonly fetchedAt: string | null, readonly detail: string | null, readonly retryAfterSeconds: number | null }, readonly threat: { readonly id: string, readonly score: number | null, readonly logMatches: number | string | null, readonly lastSeen: string | null, readonly triageState: TriageState | null } | null }, readonly argus: { readonly id: string, readonly membershipCount: number | null, readonly report: { readonly source: SourceName, readonly status: SourceStatus, readonly limits: ReadonlyArray<CoverageLimit>, readonly servedFrom: ServedFrom | null, readonly staleBecause: SourceStatus | null, readonly fetchedAt: string | null, readonly detail: string | null, readonly retryAfterSeconds: number | null }, readonly memberships: ReadonlyArray<{ readonly id: string, readonly state: MembershipState, readonly lastSeen: string | null, readonly list: { readonly id: string, readonly shortName: string, readonly name: string, readonly confidence: number | null } }> | null } } | null }> };

export type ExtractQueryVariables = Exact<{
  text: string;
}>;


export type ExtractQuery = { readonly extractIndicators: ReadonlyArray<{ readonly id: string, readonly value: string }> };

export type DetailsQueryVariables = Exact<{
  values: ReadonlyArray<string> | string;
}>;


export type DetailsQuery = { readonly lookup: ReadonlyArray<{ readonly input: string, readonly indicator: { readonly id: string, readonly value: string, readonly type: IndicatorType, readonly defanged: string, readonly specialUse: string | null, readonly datadog: { readonly id: string, readonly threat: { readonly id: string, readonly indicatorType: string | null, readonly categories: ReadonlyArray<string>, readonly tags: ReadonlyArray<string>, readonly maliciousSources: ReadonlyArray<string>, readonly suspiciousSources: ReadonlyArray<string>, readonly benignSources: ReadonlyArray<string>, readonly signalMatches: number | string | null, readonly firstSeen: string | null, readonly logSources: ReadonlyArray<string>, readonly services: ReadonlyArray<string>, readonly hosts: ReadonlyArray<string>, readonly criticalAssets: ReadonlyArray<string>, readonly score: number | null, readonly logMatches: number | string | null, readonly lastSeen: string | null, readonly triageState: TriageState | null, readonly users: ReadonlyArray<{ readonly category: string, readonly users: ReadonlyArray<string> }>, readonly autonomousSystem: { readonly number: string | null, readonly organization: string | null, readonly cidrBlock: string | null } | null, readonly geo: { readonly city: string | null, readonly countryName: string | null } | null } | null, readonly triageHistory: ReadonlyArray<{ readonly state: TriageState | null, readonly at: string | null, readonly by: string | null }> | null, readonly report: { readonly source: SourceName, readonly status: SourceStatus, readonly limits: ReadonlyArray<CoverageLimit>, readonly servedFrom: ServedFrom | null, readonly staleBecause: SourceStatus | null, readonly fetchedAt: string | null, readonly detail: string | null, readonly retryAfterSeconds: number | null } }, readonly argus: { readonly id: string, readonly membershipCount: number | null, readonly memberships: ReadonlyArray<{ readonly id: string, readonly value: string, readonly firstSeen: string | null, readonly flags: ReadonlyArray<string>, readonly state: MembershipState, readonly lastSeen: string | null, readonly reputationType: { readonly shortName: string, readonly name: string }, readonly list: { readonly id: string, readonly shortName: string, readonly name: string, readonly confidence: number | null } }> | null, readonly report: { readonly source: SourceName, readonly status: SourceStatus, readonly limits: ReadonlyArray<CoverageLimit>, readonly servedFrom: ServedFrom | null, readonly staleBecause: SourceStatus | null, readonly fetchedAt: string | null, readonly detail: string | null, readonly retryAfterSeconds: number | null } }, readonly verdict: { readonly id: string, readonly level: VerdictLevel, readonly summary: string, readonly missing: ReadonlyArray<SourceName>, readonly conflicting: boolean, readonly reasons: ReadonlyArray<{ readonly source: SourceName | null, readonly rule: string, readonly effect: VerdictLevel | null, readonly detail: string }> } } | null }> };

export type RecordDetailsQueryVariables = Exact<{
  values: ReadonlyArray<string> | string;
  names: ReadonlyArray<string> | string;
}>;


export type RecordDetailsQuery = { readonly lookup: ReadonlyArray<{ readonly input: string, readonly indicator: { readonly id: string, readonly memberships: ReadonlyArray<{ readonly id: string, readonly list: { readonly id: string, readonly shortName: string }, readonly properties: ReadonlyArray<{ readonly descriptorId: string, readonly name: string, readonly value: unknown, readonly values: ReadonlyArray<unknown> } | null> | null }> | null, readonly covering: ReadonlyArray<{ readonly id: string, readonly value: string, readonly state: MembershipState, readonly list: { readonly id: string, readonly name: string } }> | null } | null }> };

export const ReportFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Report"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"SourceReport"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"source"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"limits"}},{"kind":"Field","name":{"kind":"Name","value":"servedFrom"}},{"kind":"Field","name":{"kind":"Name","value":"staleBecause"}},{"kind":"Field","name":{"kind":"Name","value":"fetchedAt"}},{"kind":"Field","name":{"kind":"Name","value":"detail"}},{"kind":"Field","name":{"kind":"Name","value":"retryAfterSeconds"}}]}}]} as unknown as DocumentNode<ReportFragment, unknown>;
export const BoardRowFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"BoardRow"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Indicator"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"value"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"defanged"}},{"kind":"Field","name":{"kind":"Name","value":"specialUse"}},{"kind":"Field","name":{"kind":"Name","value":"verdict"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"level"}},{"kind":"Field","name":{"kind":"Name","value":"summary"}},{"kind":"Field","name":{"kind":"Name","value":"missing"}},{"kind":"Field","name":{"kind":"Name","value":"conflicting"}},{"kind":"Field","name":{"kind":"Name","value":"reasons"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"source"}},{"kind":"Field","name":{"kind":"Name","value":"rule"}},{"kind":"Field","name":{"kind":"Name","value":"effect"}},{"kind":"Field","name":{"kind":"Name","value":"detail"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"datadog"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"report"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Report"}}]}},{"kind":"Field","name":{"kind":"Name","value":"threat"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"score"}},{"kind":"Field","name":{"kind":"Name","value":"logMatches"}},{"kind":"Field","name":{"kind":"Name","value":"lastSeen"}},{"kind":"Field","name":{"kind":"Name","value":"triageState"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"argus"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"report"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Report"}}]}},{"kind":"Field","name":{"kind":"Name","value":"membershipCount"}},{"kind":"Field","name":{"kind":"Name","value":"memberships"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"limit"},"value":{"kind":"IntValue","value":"10"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"lastSeen"}},{"kind":"Field","name":{"kind":"Name","value":"list"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"shortName"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"confidence"}}]}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Report"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"SourceReport"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"source"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"limits"}},{"kind":"Field","name":{"kind":"Name","value":"servedFrom"}},{"kind":"Field","name":{"kind":"Name","value":"staleBecause"}},{"kind":"Field","name":{"kind":"Name","value":"fetchedAt"}},{"kind":"Field","name":{"kind":"Name","value":"detail"}},{"kind":"Field","name":{"kind":"Name","value":"retryAfterSeconds"}}]}}]} as unknown as DocumentNode<BoardRowFragment, unknown>;
export const TriageDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Triage"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"values"}},"type":{"kind":"NonNullType","type":{"kind":"ListType","type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"maxAgeSeconds"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"lookup"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"values"},"value":{"kind":"Variable","name":{"kind":"Name","value":"values"}}},{"kind":"Argument","name":{"kind":"Name","value":"maxAgeSeconds"},"value":{"kind":"Variable","name":{"kind":"Name","value":"maxAgeSeconds"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"input"}},{"kind":"Field","name":{"kind":"Name","value":"problem"}},{"kind":"Field","name":{"kind":"Name","value":"indicator"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"BoardRow"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Report"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"SourceReport"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"source"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"limits"}},{"kind":"Field","name":{"kind":"Name","value":"servedFrom"}},{"kind":"Field","name":{"kind":"Name","value":"staleBecause"}},{"kind":"Field","name":{"kind":"Name","value":"fetchedAt"}},{"kind":"Field","name":{"kind":"Name","value":"detail"}},{"kind":"Field","name":{"kind":"Name","value":"retryAfterSeconds"}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"BoardRow"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Indicator"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"value"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"defanged"}},{"kind":"Field","name":{"kind":"Name","value":"specialUse"}},{"kind":"Field","name":{"kind":"Name","value":"verdict"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"level"}},{"kind":"Field","name":{"kind":"Name","value":"summary"}},{"kind":"Field","name":{"kind":"Name","value":"missing"}},{"kind":"Field","name":{"kind":"Name","value":"conflicting"}},{"kind":"Field","name":{"kind":"Name","value":"reasons"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"source"}},{"kind":"Field","name":{"kind":"Name","value":"rule"}},{"kind":"Field","name":{"kind":"Name","value":"effect"}},{"kind":"Field","name":{"kind":"Name","value":"detail"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"datadog"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"report"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Report"}}]}},{"kind":"Field","name":{"kind":"Name","value":"threat"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"score"}},{"kind":"Field","name":{"kind":"Name","value":"logMatches"}},{"kind":"Field","name":{"kind":"Name","value":"lastSeen"}},{"kind":"Field","name":{"kind":"Name","value":"triageState"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"argus"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"report"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Report"}}]}},{"kind":"Field","name":{"kind":"Name","value":"membershipCount"}},{"kind":"Field","name":{"kind":"Name","value":"memberships"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"limit"},"value":{"kind":"IntValue","value":"10"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"lastSeen"}},{"kind":"Field","name":{"kind":"Name","value":"list"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"shortName"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"confidence"}}]}}]}}]}}]}}]} as unknown as DocumentNode<TriageQuery, TriageQueryVariables>;
export const ExtractDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Extract"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"text"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"extractIndicators"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"text"},"value":{"kind":"Variable","name":{"kind":"Name","value":"text"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"value"}}]}}]}}]} as unknown as DocumentNode<ExtractQuery, ExtractQueryVariables>;
export const DetailsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Details"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"values"}},"type":{"kind":"NonNullType","type":{"kind":"ListType","type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"lookup"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"values"},"value":{"kind":"Variable","name":{"kind":"Name","value":"values"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"input"}},{"kind":"Field","name":{"kind":"Name","value":"indicator"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"BoardRow"}},{"kind":"Field","name":{"kind":"Name","value":"datadog"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"threat"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"indicatorType"}},{"kind":"Field","name":{"kind":"Name","value":"categories"}},{"kind":"Field","name":{"kind":"Name","value":"tags"}},{"kind":"Field","name":{"kind":"Name","value":"maliciousSources"}},{"kind":"Field","name":{"kind":"Name","value":"suspiciousSources"}},{"kind":"Field","name":{"kind":"Name","value":"benignSources"}},{"kind":"Field","name":{"kind":"Name","value":"signalMatches"}},{"kind":"Field","name":{"kind":"Name","value":"firstSeen"}},{"kind":"Field","name":{"kind":"Name","value":"logSources"}},{"kind":"Field","name":{"kind":"Name","value":"services"}},{"kind":"Field","name":{"kind":"Name","value":"hosts"}},{"kind":"Field","name":{"kind":"Name","value":"criticalAssets"}},{"kind":"Field","name":{"kind":"Name","value":"users"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"category"}},{"kind":"Field","name":{"kind":"Name","value":"users"}}]}},{"kind":"Field","name":{"kind":"Name","value":"autonomousSystem"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"number"}},{"kind":"Field","name":{"kind":"Name","value":"organization"}},{"kind":"Field","name":{"kind":"Name","value":"cidrBlock"}}]}},{"kind":"Field","name":{"kind":"Name","value":"geo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"city"}},{"kind":"Field","name":{"kind":"Name","value":"countryName"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"triageHistory"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"limit"},"value":{"kind":"IntValue","value":"20"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"at"}},{"kind":"Field","name":{"kind":"Name","value":"by"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"argus"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"memberships"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"limit"},"value":{"kind":"IntValue","value":"10"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"value"}},{"kind":"Field","name":{"kind":"Name","value":"firstSeen"}},{"kind":"Field","name":{"kind":"Name","value":"flags"}},{"kind":"Field","name":{"kind":"Name","value":"reputationType"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"shortName"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Report"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"SourceReport"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"source"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"limits"}},{"kind":"Field","name":{"kind":"Name","value":"servedFrom"}},{"kind":"Field","name":{"kind":"Name","value":"staleBecause"}},{"kind":"Field","name":{"kind":"Name","value":"fetchedAt"}},{"kind":"Field","name":{"kind":"Name","value":"detail"}},{"kind":"Field","name":{"kind":"Name","value":"retryAfterSeconds"}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"BoardRow"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Indicator"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"value"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"defanged"}},{"kind":"Field","name":{"kind":"Name","value":"specialUse"}},{"kind":"Field","name":{"kind":"Name","value":"verdict"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"level"}},{"kind":"Field","name":{"kind":"Name","value":"summary"}},{"kind":"Field","name":{"kind":"Name","value":"missing"}},{"kind":"Field","name":{"kind":"Name","value":"conflicting"}},{"kind":"Field","name":{"kind":"Name","value":"reasons"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"source"}},{"kind":"Field","name":{"kind":"Name","value":"rule"}},{"kind":"Field","name":{"kind":"Name","value":"effect"}},{"kind":"Field","name":{"kind":"Name","value":"detail"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"datadog"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"report"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Report"}}]}},{"kind":"Field","name":{"kind":"Name","value":"threat"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"score"}},{"kind":"Field","name":{"kind":"Name","value":"logMatches"}},{"kind":"Field","name":{"kind":"Name","value":"lastSeen"}},{"kind":"Field","name":{"kind":"Name","value":"triageState"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"argus"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"report"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Report"}}]}},{"kind":"Field","name":{"kind":"Name","value":"membershipCount"}},{"kind":"Field","name":{"kind":"Name","value":"memberships"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"limit"},"value":{"kind":"IntValue","value":"10"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"lastSeen"}},{"kind":"Field","name":{"kind":"Name","value":"list"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"shortName"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"confidence"}}]}}]}}]}}]}}]} as unknown as DocumentNode<DetailsQuery, DetailsQueryVariables>;
export const RecordDetailsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"RecordDetails"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"values"}},"type":{"kind":"NonNullType","type":{"kind":"ListType","type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"names"}},"type":{"kind":"NonNullType","type":{"kind":"ListType","type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"lookup"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"values"},"value":{"kind":"Variable","name":{"kind":"Name","value":"values"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"input"}},{"kind":"Field","name":{"kind":"Name","value":"indicator"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"memberships"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"list"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"shortName"}}]}},{"kind":"Field","name":{"kind":"Name","value":"properties"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"names"},"value":{"kind":"Variable","name":{"kind":"Name","value":"names"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"descriptorId"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"value"}},{"kind":"Field","name":{"kind":"Name","value":"values"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"covering"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"value"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"list"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<RecordDetailsQuery, RecordDetailsQueryVariables>;