import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { SourceName as AnySourceName, SourceReport as SourceReportModel } from '../domain/source-report.ts';
import type { Indicator as IndicatorModel } from '../domain/indicator/model.ts';
import type { Verdict as VerdictModel } from '../domain/verdict/model.ts';
import type { ThreatReport as ThreatReportModel } from '../sources/datadog/mapping.ts';
import type { ThreatRow as ThreatRowModel } from '../sources/datadog/explorer/rows.ts';
import type { TriageEvent as TriageEventModel } from '../sources/datadog/history.ts';
import type { DatadogAnswer as DatadogAnswerModel } from '../sources/datadog/resolvers.ts';
import type { MappedRecord as ArgusRecordModel, Property as PropertyModel } from '../sources/argus/mapping.ts';
import type { ArgusAnswer as ArgusAnswerModel } from '../sources/argus/resolvers.ts';
import type { Context } from './context.ts';
export type Maybe<T> = T | null;
export type InputMaybe<T> = Maybe<T>;
export type Omit<T, K extends keyof T> = Pick<T, Exclude<keyof T, K>>;
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };
export type EnumResolverSignature<T, AllowedValues = any> = { [key in keyof T]?: AllowedValues };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /**
   * An instant in UTC as RFC 3339 text, for example `2026-06-03T18:55:42.108938Z`. All fractional digits that the upstream
   * sent are kept: Datadog sends microseconds, which a JavaScript `Date` would lose. Argus sends milliseconds.
   */
  DateTime: { input: string; output: string; }
  /**
   * A whole number of any 64-bit size: a JSON number up to 9007199254740991 (2^53-1), a decimal string beyond it, never
   * rounded. `BigInt(x)` reads both.
   */
  Int64: { input: number | string; output: number | string; }
  /** Any JSON value, handed on as the upstream sent it. */
  JSON: { input: unknown; output: unknown; }
  federation__FieldSet: { input: string; output: string; }
  link__Import: { input: unknown; output: unknown; }
};

/** Argus's word on one indicator. Never raises an error: read `report.status` before reading a null. */
export type ArgusAnswer = {
  readonly __typename?: 'ArgusAnswer';
  /** For a client's cache: the indicator and the arguments that were asked. */
  readonly id: Scalars['ID']['output'];
  /**
   * How many records there are, whatever `limit` shows; null where Argus could not be heard. Where `report.limits` holds
   * `TRUNCATED`, how many could be read: there are more.
   */
  readonly membershipCount: Maybe<Scalars['Int']['output']>;
  /**
   * The records of exactly this value, newest update first. Null where Argus could not be heard; an empty list where it
   * has none. Where `report.limits` holds `TRUNCATED`, those that could be read.
   */
  readonly memberships: Maybe<ReadonlyArray<ReputationRecord>>;
  /** Whether Argus was heard, when, and what its answer can not tell. */
  readonly report: SourceReport;
};


/** Argus's word on one indicator. Never raises an error: read `report.status` before reading a null. */
export type ArgusAnswerMembershipsArgs = {
  limit?: InputMaybe<Scalars['Int']['input']>;
};

/** The autonomous system that announces an address. Texts as Datadog sends them. */
export type AutonomousSystem = {
  readonly __typename?: 'AutonomousSystem';
  /** Autonomous system CIDR block. */
  readonly cidrBlock: Maybe<Scalars['String']['output']>;
  /** Autonomous system number. */
  readonly number: Maybe<Scalars['String']['output']>;
  /** Autonomous system organization name. */
  readonly organization: Maybe<Scalars['String']['output']>;
  /** Autonomous system type. */
  readonly type: Maybe<Scalars['String']['output']>;
};

/** The circuit breaker in front of a source. */
export type CircuitState =
  /** Calls go out. */
  | 'CLOSED'
  /** One call is trying whether the source is back; the others are answered at once as unavailable. */
  | 'HALF_OPEN'
  /** The source failed too often of late: calls are answered at once as unavailable. */
  | 'OPEN';

/** What an answer can not tell, however well it went. */
export type CoverageLimit =
  /**
   * The source answered about a parent domain, the host or an enclosing block in place of the indicator. What accuses that counts
   * for at most `SUSPICIOUS`, and what does not says nothing: the source is missing in the verdict.
   */
  | 'COVERING_ONLY'
  /**
   * Nobody was found by the matches that Datadog counts by default; those in OCSF fields, or by expression or
   * message, may be others. Ask with `ocsf`; `DATADOG_OCSF=both` makes the verdict ask both.
   */
  | 'DEFAULT_MATCHER_ONLY'
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
   * Hosts, users, critical assets, who triaged and `otherFields` are not shown to this caller: the lists are empty and the rest
   * null, whatever Datadog holds.
   */
  | 'PERSONAL_DATA_HIDDEN'
  /** Argus shows only lists that the key may read; the others are absent without a word. */
  | 'READABLE_LISTS_ONLY'
  /** Rows have moved since the page before, so that some may have been missed: begin again where every one counts. */
  | 'ROWS_MOVED'
  /** Records in other states, or on other lists, than those asked for were left out. */
  | 'STATES_FILTERED'
  /**
   * There are more records than Argus lets anybody read, or a part of the answer could not be read. What is shown counts and is
   * not all; the source is missing in the verdict.
   */
  | 'TRUNCATED'
  /**
   * The source is not known to hold indicators of this type, so that its `NO_MATCH` proves nothing about the value; a match
   * counts all the same.
   */
  | 'TYPE_NOT_DOCUMENTED';

/** Datadog's word on one indicator. Never raises an error: read `report.status` before reading a null. */
export type DatadogAnswer = {
  readonly __typename?: 'DatadogAnswer';
  /** For a client's cache: the indicator and the arguments that were asked. */
  readonly id: Scalars['ID']['output'];
  /** Whether Datadog was heard, when, and what its answer can not tell. */
  readonly report: SourceReport;
  /** All that Datadog tells; null unless `report.status` is `MATCHED`. */
  readonly threat: Maybe<ThreatReport>;
  /** The reviews, newest first; null unless `report.status` is `MATCHED`. Asked for, in the same call, only when selected. */
  readonly triageHistory: Maybe<ReadonlyArray<TriageEvent>>;
};


/** Datadog's word on one indicator. Never raises an error: read `report.status` before reading a null. */
export type DatadogAnswerTriageHistoryArgs = {
  limit?: InputMaybe<Scalars['Int']['input']>;
  offset?: InputMaybe<Scalars['Int']['input']>;
};

/** Which way to order. */
export type Direction =
  /** Lowest, oldest, or first in the alphabet first. */
  | 'ASC'
  /** Highest, newest, or last in the alphabet first. */
  | 'DESC';

/** Which domains. */
export type DomainCriteria = {
  /** Also records of parent domains: of `vg.no` when asked for `www.vg.no`. */
  readonly includeParentDomains?: InputMaybe<Scalars['Boolean']['input']>;
  /** Also records of subdomains: of `www.vg.no` when asked for `vg.no`. */
  readonly includeSubdomains?: InputMaybe<Scalars['Boolean']['input']>;
  /** Domain names. */
  readonly names: ReadonlyArray<Scalars['String']['input']>;
};

/** What was found at one place of a text. */
export type Extracted = {
  readonly __typename?: 'Extracted';
  /** What stands there; null exactly when `problem` is not. */
  readonly indicator: Maybe<Indicator>;
  /** How long it is there, its defanging included, in UTF-16 units. */
  readonly length: Scalars['Int']['output'];
  /** One sentence for the person who pasted it: why this is no indicator, and what would be right. */
  readonly problem: Maybe<Scalars['String']['output']>;
  /** Where it begins, in UTF-16 units of the text as it was given: an index of a JavaScript string. */
  readonly start: Scalars['Int']['output'];
};

/** Geographic location of an address, as Datadog has it. */
export type GeoLocation = {
  readonly __typename?: 'GeoLocation';
  /** City name. */
  readonly city: Maybe<Scalars['String']['output']>;
  /** ISO country code. */
  readonly countryCode: Maybe<Scalars['String']['output']>;
  /** Full country name. */
  readonly countryName: Maybe<Scalars['String']['output']>;
};

/**
 * A value and its type, and everything that the sources know about it. An identity: two spellings of the same thing are
 * the same Indicator, with the same `id`.
 *
 * The fields about the value itself are free. The shorthand fields (`threatScore` to `covering`) ask their source and,
 * where it can not be heard, are null with a GraphQL error whose `extensions.code` is one of `SOURCE_UNCONFIGURED`,
 * `UPSTREAM_DENIED`, `FORBIDDEN`, `UPSTREAM_REJECTED`, `BAD_USER_INPUT`, `UPSTREAM_RATE_LIMITED`, `UPSTREAM_TIMEOUT`,
 * `DEADLINE_EXCEEDED`, `OVERLOADED`, `EGRESS_FORBIDDEN`, `UPSTREAM_UNAVAILABLE`, `UPSTREAM_MALFORMED` or
 * `UPSTREAM_TRUNCATED`, with `extensions.source` and perhaps `extensions.retryAfterSeconds`. The answers (`datadog`, `argus`) and the join (`verdict`, `sources`) raise no
 * errors: there a failure is a status. Both ways share one upstream call.
 */
export type Indicator = Node & {
  readonly __typename?: 'Indicator';
  /**
   * Argus's whole answer without errors: what it said, how old that is, and the records. A failure is `report.status`.
   * Shares the one Argus search with `memberships`.
   */
  readonly argus: ArgusAnswer;
  /**
   * Argus records that cover this indicator without being it, `ACTIVE` or `LATEST`, newest update first: of its parent
   * domains, of address blocks and ranges that enclose it. `verdict` rests on the same records. One Argus search for all
   * domains of an operation and one for all addresses, which bring `memberships` too. An empty list: nothing readable covers
   * it. Null without an error for types that nothing can cover; of a URL or e-mail address ask its `host`.
   */
  readonly covering: Maybe<ReadonlyArray<ReputationRecord>>;
  /**
   * Datadog's whole answer without errors: what it said, how old that is, and the facts. A failure is `report.status`.
   * Shares the one Datadog call with the shorthand fields.
   */
  readonly datadog: DatadogAnswer;
  /** Safe to paste into a chat or a ticket: nothing turns it into a link. `hxxps://evil[.]example[.]org/x`. */
  readonly defanged: Scalars['String']['output'];
  /**
   * The host of a URL or e-mail address, and the IPv4 address that an IPv6 address of a translator (`64:ff9b::/96`) or a 6to4
   * relay (`2002::/16`) stands for, as an Indicator of its own; null for anything else. Free.
   */
  readonly host: Maybe<Indicator>;
  /** Global and stable; the same for every spelling of the same indicator. Made from type and value alone. */
  readonly id: Scalars['ID']['output'];
  /** Where a person goes on: pages of the sources about this indicator, for who may open them. Empty where none is known. Free. */
  readonly links: ReadonlyArray<Link>;
  /**
   * The Argus records of exactly this value, always all of them: on which lists it stands. An empty list: on none that
   * the gateway's key may read. All indicators of an operation share one Argus search, that of `verdict` and `covering` where
   * these are selected beside it. More records than Argus lets
   * anybody read: null with `UPSTREAM_TRUNCATED`; `argus` shows what could be read.
   */
  readonly memberships: Maybe<ReadonlyArray<ReputationRecord>>;
  /**
   * One report per source: how it went to ask what this very object's selection asked of it. Alone it asks nobody
   * (`NOT_QUERIED`). Where several questions went to one source: the worst status and the oldest `fetchedAt`.
   */
  readonly sources: ReadonlyArray<SourceReport>;
  /**
   * What the address or name is set aside for (`private`, `loopback`, `documentation`, …), from the public registries of
   * special-purpose addresses and names. Null for what may stand on the public Internet. Free.
   */
  readonly specialUse: Maybe<Scalars['String']['output']>;
  /**
   * All that Datadog tells of the indicator. Null without an error: no log of the last 30 days matched it, which does not
   * mean that it is harmless. One Datadog call per different `ocsf`.
   */
  readonly threat: Maybe<ThreatReport>;
  /**
   * Datadog's threat score, 0 (harmless) to 100 (worst). Null without an error: Datadog does not know the indicator, or
   * gave no score. One Datadog call, shared with every other Datadog field of this indicator.
   */
  readonly threatScore: Maybe<Scalars['Float']['output']>;
  /**
   * The reviews recorded in Datadog, newest first. Null without an error: Datadog does not know the indicator; an empty
   * list: nobody has reviewed it, or nothing lies behind `offset`. A list may be shorter than `limit` although there are more:
   * only an empty one is the end. History is asked for only when this is selected, in the same Datadog call as the rest, and
   * by one more for a window that begins behind what was sent. `UPSTREAM_TRUNCATED`: Datadog left it out.
   */
  readonly triageHistory: Maybe<ReadonlyArray<TriageEvent>>;
  /** Whether somebody has reviewed the indicator in Datadog. Null without an error: unknown to Datadog. Shares its call. */
  readonly triageState: Maybe<TriageState>;
  /** What kind of thing the value is. */
  readonly type: IndicatorType;
  /**
   * The canonical spelling: refanged, without what was pasted along, lower-cased where case means nothing (never in the path of
   * a URL). A block of one address (`/32`, `/128`) and `::ffff:192.0.2.1` are the address; a URL without a path has the path `/`.
   */
  readonly value: Scalars['String']['output'];
  /**
   * What all sources together say, with reasons and with what is missing. Asks every applicable source once, together
   * with the other fields; of a URL or e-mail address its host too, in the same calls. Never an error: what could not be
   * heard stands in `missing` and makes the verdict `INCONCLUSIVE` where it could have changed it.
   */
  readonly verdict: Verdict;
};


/**
 * A value and its type, and everything that the sources know about it. An identity: two spellings of the same thing are
 * the same Indicator, with the same `id`.
 *
 * The fields about the value itself are free. The shorthand fields (`threatScore` to `covering`) ask their source and,
 * where it can not be heard, are null with a GraphQL error whose `extensions.code` is one of `SOURCE_UNCONFIGURED`,
 * `UPSTREAM_DENIED`, `FORBIDDEN`, `UPSTREAM_REJECTED`, `BAD_USER_INPUT`, `UPSTREAM_RATE_LIMITED`, `UPSTREAM_TIMEOUT`,
 * `DEADLINE_EXCEEDED`, `OVERLOADED`, `EGRESS_FORBIDDEN`, `UPSTREAM_UNAVAILABLE`, `UPSTREAM_MALFORMED` or
 * `UPSTREAM_TRUNCATED`, with `extensions.source` and perhaps `extensions.retryAfterSeconds`. The answers (`datadog`, `argus`) and the join (`verdict`, `sources`) raise no
 * errors: there a failure is a status. Both ways share one upstream call.
 */
export type IndicatorArgusArgs = {
  lists?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  states?: InputMaybe<ReadonlyArray<MembershipStateFilter>>;
};


/**
 * A value and its type, and everything that the sources know about it. An identity: two spellings of the same thing are
 * the same Indicator, with the same `id`.
 *
 * The fields about the value itself are free. The shorthand fields (`threatScore` to `covering`) ask their source and,
 * where it can not be heard, are null with a GraphQL error whose `extensions.code` is one of `SOURCE_UNCONFIGURED`,
 * `UPSTREAM_DENIED`, `FORBIDDEN`, `UPSTREAM_REJECTED`, `BAD_USER_INPUT`, `UPSTREAM_RATE_LIMITED`, `UPSTREAM_TIMEOUT`,
 * `DEADLINE_EXCEEDED`, `OVERLOADED`, `EGRESS_FORBIDDEN`, `UPSTREAM_UNAVAILABLE`, `UPSTREAM_MALFORMED` or
 * `UPSTREAM_TRUNCATED`, with `extensions.source` and perhaps `extensions.retryAfterSeconds`. The answers (`datadog`, `argus`) and the join (`verdict`, `sources`) raise no
 * errors: there a failure is a status. Both ways share one upstream call.
 */
export type IndicatorDatadogArgs = {
  ocsf?: InputMaybe<Scalars['Boolean']['input']>;
};


/**
 * A value and its type, and everything that the sources know about it. An identity: two spellings of the same thing are
 * the same Indicator, with the same `id`.
 *
 * The fields about the value itself are free. The shorthand fields (`threatScore` to `covering`) ask their source and,
 * where it can not be heard, are null with a GraphQL error whose `extensions.code` is one of `SOURCE_UNCONFIGURED`,
 * `UPSTREAM_DENIED`, `FORBIDDEN`, `UPSTREAM_REJECTED`, `BAD_USER_INPUT`, `UPSTREAM_RATE_LIMITED`, `UPSTREAM_TIMEOUT`,
 * `DEADLINE_EXCEEDED`, `OVERLOADED`, `EGRESS_FORBIDDEN`, `UPSTREAM_UNAVAILABLE`, `UPSTREAM_MALFORMED` or
 * `UPSTREAM_TRUNCATED`, with `extensions.source` and perhaps `extensions.retryAfterSeconds`. The answers (`datadog`, `argus`) and the join (`verdict`, `sources`) raise no
 * errors: there a failure is a status. Both ways share one upstream call.
 */
export type IndicatorMembershipsArgs = {
  lists?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  orderBy?: InputMaybe<ReadonlyArray<ReputationOrder>>;
  states?: InputMaybe<ReadonlyArray<MembershipStateFilter>>;
};


/**
 * A value and its type, and everything that the sources know about it. An identity: two spellings of the same thing are
 * the same Indicator, with the same `id`.
 *
 * The fields about the value itself are free. The shorthand fields (`threatScore` to `covering`) ask their source and,
 * where it can not be heard, are null with a GraphQL error whose `extensions.code` is one of `SOURCE_UNCONFIGURED`,
 * `UPSTREAM_DENIED`, `FORBIDDEN`, `UPSTREAM_REJECTED`, `BAD_USER_INPUT`, `UPSTREAM_RATE_LIMITED`, `UPSTREAM_TIMEOUT`,
 * `DEADLINE_EXCEEDED`, `OVERLOADED`, `EGRESS_FORBIDDEN`, `UPSTREAM_UNAVAILABLE`, `UPSTREAM_MALFORMED` or
 * `UPSTREAM_TRUNCATED`, with `extensions.source` and perhaps `extensions.retryAfterSeconds`. The answers (`datadog`, `argus`) and the join (`verdict`, `sources`) raise no
 * errors: there a failure is a status. Both ways share one upstream call.
 */
export type IndicatorThreatArgs = {
  ocsf?: InputMaybe<Scalars['Boolean']['input']>;
};


/**
 * A value and its type, and everything that the sources know about it. An identity: two spellings of the same thing are
 * the same Indicator, with the same `id`.
 *
 * The fields about the value itself are free. The shorthand fields (`threatScore` to `covering`) ask their source and,
 * where it can not be heard, are null with a GraphQL error whose `extensions.code` is one of `SOURCE_UNCONFIGURED`,
 * `UPSTREAM_DENIED`, `FORBIDDEN`, `UPSTREAM_REJECTED`, `BAD_USER_INPUT`, `UPSTREAM_RATE_LIMITED`, `UPSTREAM_TIMEOUT`,
 * `DEADLINE_EXCEEDED`, `OVERLOADED`, `EGRESS_FORBIDDEN`, `UPSTREAM_UNAVAILABLE`, `UPSTREAM_MALFORMED` or
 * `UPSTREAM_TRUNCATED`, with `extensions.source` and perhaps `extensions.retryAfterSeconds`. The answers (`datadog`, `argus`) and the join (`verdict`, `sources`) raise no
 * errors: there a failure is a status. Both ways share one upstream call.
 */
export type IndicatorTriageHistoryArgs = {
  limit?: InputMaybe<Scalars['Int']['input']>;
  ocsf?: InputMaybe<Scalars['Boolean']['input']>;
  offset?: InputMaybe<Scalars['Int']['input']>;
};

/** An Argus indicator list: where records come from. */
export type IndicatorList = {
  readonly __typename?: 'IndicatorList';
  /**
   * The list's default confidence, 0 to 1; null when Argus does not tell. A record may override it with a `confidence` of its
   * own.
   */
  readonly confidence: Maybe<Scalars['Float']['output']>;
  /** Argus's own UUID of the list. */
  readonly id: Scalars['ID']['output'];
  /** The list's name for people. May change. */
  readonly name: Scalars['String']['output'];
  /** The list's stable name, as filters take it. */
  readonly shortName: Scalars['String']['output'];
};

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
  /** A URL with its scheme: `https://evil.example.org/x`. A scheme that no source could know is refused. */
  | 'URL';

/** A page for a person. */
export type Link = {
  readonly __typename?: 'Link';
  /** What it shows, for example `Datadog: logs`. */
  readonly label: Scalars['String']['output'];
  /** Its address. It holds the value. */
  readonly url: Scalars['String']['output'];
};

/** One input of `Query.lookup`: what it was taken for, or what is wrong with it. */
export type Lookup = {
  readonly __typename?: 'Lookup';
  /** What it was taken for; null exactly when `problem` is not. */
  readonly indicator: Maybe<Indicator>;
  /** The text as it was given, of which at most 8,192 characters are shown. */
  readonly input: Scalars['String']['output'];
  /** One sentence for the person who typed it: what is wrong with the input and what would be right. */
  readonly problem: Maybe<Scalars['String']['output']>;
};

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

/** The states that can be asked for. */
export type MembershipStateFilter =
  /** Last seen within the list's active period. */
  | 'ACTIVE'
  /** The newest record of its value on its list, but last seen before the active period. */
  | 'LATEST'
  /** Superseded by a newer record. */
  | 'OLD';

/** What changes something upstream. By POST alone; never repeated, cached or shared by the gateway. */
export type Mutation = {
  readonly __typename?: 'Mutation';
  /**
   * Records in Datadog that indicators have been reviewed, or have not. One write for each different value; each is a new event
   * of the indicator's triage history, signed by the user of the Datadog key. The gateway repeats none: what was sent and not
   * answered is `TIMED_OUT`, and may have been recorded. Costs one point for each value. More than 100 values are refused whole with `OPERATION_TOO_LARGE`.
   *
   * `FORBIDDEN` unless the gateway allows it (`TRIAGE_WRITES`) and the caller carries the scope for it (`TRIAGE_SCOPE`).
   *
   * Afterwards no fact from before is served for these values, by any replica that shares the Redis; where they cannot be reached,
   * `detail` says so.
   */
  readonly setTriageState: ReadonlyArray<TriageResult>;
};


/** What changes something upstream. By POST alone; never repeated, cached or shared by the gateway. */
export type MutationSetTriageStateArgs = {
  state: TriageStateFilter;
  values: ReadonlyArray<Scalars['String']['input']>;
};

/** An object with a global id: one that `Query.node` and `Query.nodes` find again. */
export type Node = {
  /** Opaque, stable across restarts and replicas, unique among all objects of the schema. */
  readonly id: Scalars['ID']['output'];
};

/** Where a page stands among the others. */
export type PageInfo = {
  readonly __typename?: 'PageInfo';
  /** The last record's cursor: `after` of the next page. Null on an empty page. */
  readonly endCursor: Maybe<Scalars['String']['output']>;
  /** Whether another page follows. */
  readonly hasNextPage: Scalars['Boolean']['output'];
  /** Whether a page came before: true wherever `after` was given. There is no way back but to begin again. */
  readonly hasPreviousPage: Scalars['Boolean']['output'];
  /** The first record's cursor; null on an empty page. */
  readonly startCursor: Maybe<Scalars['String']['output']>;
};

/** A named extra on an Argus record. */
export type Property = {
  readonly __typename?: 'Property';
  /** The type of its values in Argus's words, for example `fullText`. An open set. */
  readonly dataType: Scalars['String']['output'];
  /** Argus's UUID of the property's descriptor (its definition). The same on every record that has the property. */
  readonly descriptorId: Scalars['ID']['output'];
  /** Whether it can have several values. */
  readonly multiValue: Scalars['Boolean']['output'];
  /** The descriptor's name for people. */
  readonly name: Scalars['String']['output'];
  /** The descriptor's stable name. */
  readonly shortName: Scalars['String']['output'];
  /** The value of a single-valued property; null for a multi-valued one. */
  readonly value: Maybe<Scalars['JSON']['output']>;
  /** All values, of a single-valued property too. */
  readonly values: ReadonlyArray<Scalars['JSON']['output']>;
};

/** Everything that can be asked. Nothing here changes anything upstream. */
export type Query = {
  readonly __typename?: 'Query';
  /**
   * The same with its places: an entry for each time that an indicator appears, in order, and for each piece of text that
   * looks like one and could not be used, with the reason. For marking what was found. A link that wraps another (safelinks,
   * urldefense, redirects) has an entry for each, at the same place. Limits as for `extractIndicators`, of which repeats
   * count as one; more than 10,000 entries are `OPERATION_TOO_LARGE`.
   */
  readonly extract: ReadonlyArray<Extracted>;
  /**
   * Every indicator found in free text (a report, a mail, a ticket), in order of first appearance and without repeats.
   * Defanged spellings are found too; file names and version numbers are not taken for domains. Finding them costs
   * nothing upstream. Text of more than 256 KiB is `BAD_USER_INPUT`; more indicators in it than one operation may name
   * (500 unless changed) are `OPERATION_TOO_LARGE`, and so are different texts of more than 256 KiB together. In the rate
   * limit a text counts as the indicators in it, or one for each KiB where that is more.
   */
  readonly extractIndicators: ReadonlyArray<Indicator>;
  /**
   * One indicator, joined across every source. Naming it costs nothing: only the fields selected below it go upstream, at
   * most once per source. What people paste along (quotes, symbols, a label, the full stop of a sentence) is taken off where
   * that is safe. Null with `BAD_USER_INPUT`, and a sentence that says what to write, when the value is empty, over 2,048
   * bytes, holds control characters, several indicators or a template that was not filled in, or can not be of the `type`
   * asked for. `type: OTHER` takes text as it stands.
   */
  readonly indicator: Maybe<Indicator>;
  /**
   * Many indicators of any mix of types, in the order asked. A repeated value is asked upstream once. An unusable value
   * is null at its place with a `BAD_USER_INPUT` error of its own; the rest are answered. Naming them costs nothing; for
   * the fields below, Datadog is asked once for each different value, Argus in one search for all of them; `verdict` and
   * `covering` take one for all domains, one for all addresses and one for all other values. More values than the gateway allows (500 unless changed) are refused whole with `OPERATION_TOO_LARGE` before anything is asked.
   */
  readonly indicators: ReadonlyArray<Maybe<Indicator>>;
  /**
   * The same as `indicators` without errors: each input beside what it was taken for, or why it could not be used. Made
   * for boards and imports; combine it with `datadog`, `argus` and `verdict`, which raise no errors either.
   */
  readonly lookup: ReadonlyArray<Lookup>;
  /**
   * Any object by its global id, as Relay has it. Null for an id that this gateway did not make or whose object is gone.
   * Costs nothing for an Indicator, one Argus call for a ReputationRecord, one Datadog call for a ThreatIndicator.
   */
  readonly node: Maybe<Node>;
  /**
   * Several objects by their global ids, in the order asked. Each is null as for `node`; one that could not be asked is null
   * with an error at its place, and the rest are answered. An id that comes twice is asked once. Costs as much as `node` for
   * each; the lists of several indicators are found in one Argus search.
   */
  readonly nodes: ReadonlyArray<Maybe<Node>>;
  /**
   * One Argus record. One Argus call, always live. Null without an error when Argus has no such record; a record on a list
   * that the key may not read is `UPSTREAM_DENIED`; an id that is no UUID is `BAD_USER_INPUT`.
   */
  readonly reputationRecord: Maybe<ReputationRecord>;
  /**
   * Argus records by any combination of its documented criteria, page by page and, in an order by `VALUE`, without end: the
   * pages go on past the ten thousand where Argus's own offset paging stops, and no record comes twice or is left out, also
   * where many share one value or others come and go meanwhile. Always live; one Argus call per page, a few where one value
   * has thousands of records. Behind the first 1,000 records Argus is asked as `bulk`, not as somebody who waits. Null with
   * an error when Argus could not be asked; an empty page when nothing matches. A value with more records than Argus lets
   * anybody read (10,000) ends a walk by `VALUE` with `UPSTREAM_TRUNCATED`.
   */
  readonly reputationRecords: Maybe<ReputationRecordConnection>;
  /**
   * The indicator types that Argus knows, sorted by short name: what `ReputationFilter.types` accepts. One Argus call,
   * kept for a day. Null with an error when Argus could not be asked; reading the types needs a permission of its own
   * there.
   */
  readonly reputationTypes: Maybe<ReadonlyArray<ReputationType>>;
  /**
   * How each source is doing: reachable or not, its circuit breaker, what is left of its rate limit. Seen from the calls
   * made anyway: asking sends nothing upstream.
   */
  readonly sources: ReadonlyArray<SourceHealth>;
  /**
   * The rows of Datadog's IoC Explorer, page by page: the indicators that matched your own logs within 30 days, such as those
   * that nobody has reviewed, worst first. Always live; one Datadog call a page. Each row's `indicator` joins everything else:
   * what the row holds is not asked again, and the lists of a whole page are found by at most three Argus searches. Null with an
   * error when Datadog could not be asked.
   *
   * Rows may move while one reads. None of the page before comes again; where it is known that rows have moved, so that some
   * may have been missed, `limits` holds `ROWS_MOVED`. A page may then have fewer rows than `first`.
   */
  readonly threatIndicators: Maybe<ThreatIndicatorConnection>;
};


/** Everything that can be asked. Nothing here changes anything upstream. */
export type QueryExtractArgs = {
  text: Scalars['String']['input'];
};


/** Everything that can be asked. Nothing here changes anything upstream. */
export type QueryExtractIndicatorsArgs = {
  text: Scalars['String']['input'];
};


/** Everything that can be asked. Nothing here changes anything upstream. */
export type QueryIndicatorArgs = {
  maxAgeSeconds?: InputMaybe<Scalars['Int']['input']>;
  type?: InputMaybe<IndicatorType>;
  value: Scalars['String']['input'];
};


/** Everything that can be asked. Nothing here changes anything upstream. */
export type QueryIndicatorsArgs = {
  maxAgeSeconds?: InputMaybe<Scalars['Int']['input']>;
  values: ReadonlyArray<Scalars['String']['input']>;
};


/** Everything that can be asked. Nothing here changes anything upstream. */
export type QueryLookupArgs = {
  maxAgeSeconds?: InputMaybe<Scalars['Int']['input']>;
  values: ReadonlyArray<Scalars['String']['input']>;
};


/** Everything that can be asked. Nothing here changes anything upstream. */
export type QueryNodeArgs = {
  id: Scalars['ID']['input'];
};


/** Everything that can be asked. Nothing here changes anything upstream. */
export type QueryNodesArgs = {
  ids: ReadonlyArray<Scalars['ID']['input']>;
};


/** Everything that can be asked. Nothing here changes anything upstream. */
export type QueryReputationRecordArgs = {
  id: Scalars['ID']['input'];
};


/** Everything that can be asked. Nothing here changes anything upstream. */
export type QueryReputationRecordsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<ReputationFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<ReadonlyArray<ReputationOrder>>;
};


/** Everything that can be asked. Nothing here changes anything upstream. */
export type QueryThreatIndicatorsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<ThreatIndicatorFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<ThreatIndicatorOrder>;
};

/**
 * Which Argus records to find. Criteria are combined with AND, the entries of one list with OR. Omitted criteria do not
 * filter; an empty list is `BAD_USER_INPUT`, for it would not filter either. Every `BAD_USER_INPUT` names its argument in
 * `extensions.argument`, such as `filter.ips`.
 */
export type ReputationFilter = {
  /** Of these domains, and perhaps of those above and below them. */
  readonly domains?: InputMaybe<DomainCriteria>;
  /** Also records that are flagged as deleted. Omitted: no. */
  readonly includeDeleted?: InputMaybe<Scalars['Boolean']['input']>;
  /**
   * Of addresses inside these, and of blocks and ranges that touch them: single addresses, CIDR blocks, or ranges
   * (`192.0.2.10-192.0.2.20`), IPv4 or IPv6. A block with bits beyond its mask (`192.0.2.1/24`) is `BAD_USER_INPUT`.
   */
  readonly ips?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** On these lists, by list id or short name. One that Argus does not know is `BAD_USER_INPUT`. */
  readonly lists?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** Highest default confidence of the list, 0 to 1. */
  readonly maxConfidence?: InputMaybe<Scalars['Float']['input']>;
  /** Lowest default confidence of the list, 0 to 1. Above `maxConfidence`: `BAD_USER_INPUT`. */
  readonly minConfidence?: InputMaybe<Scalars['Float']['input']>;
  /** In these states. Omitted: `ACTIVE` only, as Argus has it. */
  readonly states?: InputMaybe<ReadonlyArray<MembershipStateFilter>>;
  /** Created, changed, deleted or seen within a span of time. */
  readonly time?: InputMaybe<TimeCriteria>;
  /** Of these types, by short name, as `reputationTypes` lists them. */
  readonly types?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** Of exactly these values, as the lists have them. Defanged spellings are understood too. */
  readonly values?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
};

/** One step of an order. Several steps chain: the next decides where the one before sees no difference. */
export type ReputationOrder = {
  /** Which way. */
  readonly direction?: InputMaybe<Direction>;
  /** What to order by. */
  readonly field: ReputationOrderField;
};

/** What Argus records can be ordered by. */
export type ReputationOrderField =
  /** When they were made. */
  | 'CREATED'
  /** When they were deleted. */
  | 'DELETED'
  /** The list that they are on. */
  | 'LIST'
  /** The type of their value. */
  | 'TYPE'
  /** When they last changed. */
  | 'UPDATED'
  /** Their value. On `reputationRecords` the one order with no end. */
  | 'VALUE';

/**
 * One entry of an Argus indicator list: a value that somebody reported. (Argus calls it an indicator.) A value has one
 * record per list that reports it, and older ones where it came back after its grace period. Only records on lists that
 * the key may read are ever seen.
 */
export type ReputationRecord = Node & {
  readonly __typename?: 'ReputationRecord';
  /** The record's own confidence, 0 to 1; null where Argus sends none. A verdict prefers it to the list's. */
  readonly confidence: Maybe<Scalars['Float']['output']>;
  /** When the record was made in Argus. */
  readonly createdAt: Maybe<Scalars['DateTime']['output']>;
  /** When the record was deleted; null: it was not. */
  readonly deletedAt: Maybe<Scalars['DateTime']['output']>;
  /** When the value was first seen by the list. */
  readonly firstSeen: Maybe<Scalars['DateTime']['output']>;
  /** Argus's flags on the record. An open set. */
  readonly flags: ReadonlyArray<Scalars['String']['output']>;
  /** Global id for `node` and for a client's cache. Argus's own UUID is `recordId`. */
  readonly id: Scalars['ID']['output'];
  /**
   * The way from a record to everything else that is known about its value. Free by itself. Null where the record's value
   * is none that the gateway can look up, for example a range of addresses.
   */
  readonly indicator: Maybe<Indicator>;
  /** When the value was last seen by the list. */
  readonly lastSeen: Maybe<Scalars['DateTime']['output']>;
  /** The list that reported the value. */
  readonly list: IndicatorList;
  /**
   * Extras that the list's owner attached, in the order of `names`. A property that the record does not have is null
   * without an error. One that the key may not see is null with `UPSTREAM_DENIED` at its own place, an unknown name
   * `BAD_USER_INPUT` once, with `extensions.property` and, where it stands at several places, `extensions.occurrences`; the
   * others still come. Asked for in the same Argus search, only when selected. More than 50 different names in one operation
   * are `OPERATION_TOO_LARGE`.
   */
  readonly properties: Maybe<ReadonlyArray<Maybe<Property>>>;
  /** Argus's own UUID of the record. */
  readonly recordId: Scalars['ID']['output'];
  /** What kind of value it is, in Argus's words. */
  readonly reputationType: ReputationType;
  /** Where the record stands in its life. */
  readonly state: MembershipState;
  /** When the record last changed in Argus. */
  readonly updatedAt: Maybe<Scalars['DateTime']['output']>;
  /** The value as the list has it. */
  readonly value: Scalars['String']['output'];
};


/**
 * One entry of an Argus indicator list: a value that somebody reported. (Argus calls it an indicator.) A value has one
 * record per list that reports it, and older ones where it came back after its grace period. Only records on lists that
 * the key may read are ever seen.
 */
export type ReputationRecordPropertiesArgs = {
  names: ReadonlyArray<Scalars['String']['input']>;
};

/** One page of Argus records, as the Relay connection specification has it. */
export type ReputationRecordConnection = {
  readonly __typename?: 'ReputationRecordConnection';
  /** The records of this page, each with its cursor. */
  readonly edges: ReadonlyArray<ReputationRecordEdge>;
  /** The records of this page. */
  readonly nodes: ReadonlyArray<ReputationRecord>;
  /** Whether and where the pages go on. */
  readonly pageInfo: PageInfo;
  /** How many records matched in all when the first page was read; null where Argus could not count them in time. */
  readonly totalCount: Maybe<Scalars['Int']['output']>;
};

/** A record and its place among all that match. */
export type ReputationRecordEdge = {
  readonly __typename?: 'ReputationRecordEdge';
  /** Opaque; `after` takes it. */
  readonly cursor: Scalars['String']['output'];
  /** The record. */
  readonly node: ReputationRecord;
};

/** A type of value that Argus knows. */
export type ReputationType = {
  readonly __typename?: 'ReputationType';
  /** The type's name for people. */
  readonly name: Scalars['String']['output'];
  /** The type's stable name, as filters take it: `domain`, `ip`. */
  readonly shortName: Scalars['String']['output'];
};

/** Effect of a scoring factor on the indicator's threat score. */
export type ScoreEffect =
  /** The factor made the score lower. */
  | 'LOWER_SCORE'
  /** The factor left the score as it was. */
  | 'NO_EFFECT'
  /** The factor made the score higher. */
  | 'RAISE_SCORE'
  /** Datadog sent a word that this version of the gateway does not know. */
  | 'UNKNOWN';

/** The effect that each factor had on the threat score. A factor that Datadog leaves out is null. */
export type ScoringFactors = {
  readonly __typename?: 'ScoringFactors';
  /** The kind of autonomous system (Datadog's `m_as_type`). */
  readonly asType: Maybe<ScoreEffect>;
  /** How far its sources are trusted (Datadog's `max_trust_score`). */
  readonly maxTrust: Maybe<ScoreEffect>;
  /** How long the indicator has been around (Datadog's `m_persistence`). */
  readonly persistence: Maybe<ScoreEffect>;
  /** The security signals that matched it (Datadog's `m_signal`). */
  readonly signal: Maybe<ScoreEffect>;
  /** The threat intelligence sources that flagged it (Datadog's `m_sources`). */
  readonly sources: Maybe<ScoreEffect>;
};

/** Where an answer came from. */
export type ServedFrom =
  /** The gateway's cache, young enough to count as fresh. */
  | 'CACHE'
  /** The upstream, asked for this operation or for another at the same moment. */
  | 'LIVE'
  /** The gateway's cache, past its freshness, since the source could not be heard or is being asked again meanwhile. */
  | 'STALE_CACHE';

/** Number of security signals at one severity. */
export type SignalSeverityCount = {
  readonly __typename?: 'SignalSeverityCount';
  /** Number of signals at this severity level. */
  readonly count: Maybe<Scalars['Int64']['output']>;
  /** Severity level in Datadog's words, for example `critical`, `high`, `medium`, `low`, `info`. */
  readonly severity: Maybe<Scalars['String']['output']>;
};

/** How a source is doing, as the gateway saw it in the calls made so far. Each replica speaks for itself. */
export type SourceHealth = {
  readonly __typename?: 'SourceHealth';
  /** Whether calls go out. */
  readonly circuit: CircuitState;
  /** When it last failed; null: not since the gateway started. */
  readonly lastFailureAt: Maybe<Scalars['DateTime']['output']>;
  /** How it last failed, as an error code of this schema, for example `UPSTREAM_TIMEOUT`. */
  readonly lastFailureCode: Maybe<Scalars['String']['output']>;
  /** When it last answered; null: not since the gateway started. */
  readonly lastSuccessAt: Maybe<Scalars['DateTime']['output']>;
  /** Calls left in the present window, as the upstream last said; null where it says nothing (Argus does not). */
  readonly rateLimitRemaining: Maybe<Scalars['Int']['output']>;
  /** When that window ends. */
  readonly rateLimitResetAt: Maybe<Scalars['DateTime']['output']>;
  /** Which source. */
  readonly source: SourceName;
  /** In one word. */
  readonly state: SourceState;
};

/** The upstream services that facts come from. */
export type SourceName =
  /** mnemonic Argus Reputation v2: indicator lists. */
  | 'ARGUS'
  /** Datadog Cloud SIEM's IoC Explorer: threat intelligence that matched your own logs. */
  | 'DATADOG';

/** How it went to ask one source: whether it was heard, when, and what its answer can not tell. */
export type SourceReport = {
  readonly __typename?: 'SourceReport';
  /** How old the answer was, in seconds, when this was sent. Work out its present age from `fetchedAt`. */
  readonly ageSeconds: Maybe<Scalars['Float']['output']>;
  /** A sentence for a person. Never an upstream's own text. */
  readonly detail: Maybe<Scalars['String']['output']>;
  /** When the upstream gave the answer; null where there is none. */
  readonly fetchedAt: Maybe<Scalars['DateTime']['output']>;
  /** What this answer can not tell, however well it went. */
  readonly limits: ReadonlyArray<CoverageLimit>;
  /** When asking again makes sense, in seconds; null where nobody knows. */
  readonly retryAfterSeconds: Maybe<Scalars['Float']['output']>;
  /** Where the answer came from; null where there is none. */
  readonly servedFrom: Maybe<ServedFrom>;
  /** Which source. */
  readonly source: SourceName;
  /** Why an older fact stands in for a live one: what came of asking. Null unless `servedFrom` is `STALE_CACHE`. */
  readonly staleBecause: Maybe<SourceStatus>;
  /** What came of asking. */
  readonly status: SourceStatus;
};

/** How a source is doing, in one word. */
export type SourceState =
  /** Its last call failed; the next ones still go out. */
  | 'DEGRADED'
  /** It failed too often of late: its circuit is open. */
  | 'DOWN'
  /** The gateway has no credentials for it. */
  | 'UNCONFIGURED'
  /** It answers, or has not been asked yet. */
  | 'UP';

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
  /**
   * The gateway itself has no room: more calls are waiting than it can send in time. The source was not asked, and is not
   * at fault; see `retryAfterSeconds`. [`OVERLOADED`]
   */
  | 'OVERLOADED'
  /** The source's rate limit or quota is spent; see `retryAfterSeconds`. [`UPSTREAM_RATE_LIMITED`] */
  | 'RATE_LIMITED'
  /** The source refused the question. [`UPSTREAM_REJECTED`, or `BAD_USER_INPUT` where it speaks of an argument] */
  | 'REJECTED'
  /** No answer in time. [`UPSTREAM_TIMEOUT`, or `DEADLINE_EXCEEDED` where there was no time left to ask] */
  | 'TIMED_OUT'
  /** The source is down, or was lately and is being left alone for a while. [`UPSTREAM_UNAVAILABLE`] */
  | 'UNAVAILABLE'
  /** The gateway has no credentials for the source. [`SOURCE_UNCONFIGURED`] */
  | 'UNCONFIGURED'
  /**
   * The operator's egress policy keeps the value from the source, or one marked as the caller has marked it (`X-TLP`). It was
   * not sent, and nothing that was heard of it before is shown. [`EGRESS_FORBIDDEN`]
   */
  | 'WITHHELD';

/**
 * One row of Datadog's IoC Explorer: less than `Indicator.threat`, which costs a call of its own. Its fields are those of
 * `ThreatReport`, but that `value` is there `indicator`.
 */
export type ThreatIndicator = Node & {
  readonly __typename?: 'ThreatIndicator';
  /** The network that an address belongs to; null when Datadog says nothing of it. */
  readonly autonomousSystem: Maybe<ThreatIndicatorNetwork>;
  /** Names of the threat intelligence sources that flagged this indicator as benign. */
  readonly benignSources: ReadonlyArray<Scalars['String']['output']>;
  /** Threat categories associated with the indicator. */
  readonly categories: ReadonlyArray<Scalars['String']['output']>;
  /** Datadog: "Unique identifier for the indicator." */
  readonly datadogId: Maybe<Scalars['String']['output']>;
  /** When the indicator was first seen. */
  readonly firstSeen: Maybe<Scalars['DateTime']['output']>;
  /** Where an address is; null when Datadog says nothing of it. */
  readonly geo: Maybe<GeoLocation>;
  /** Global: made from the value and the matcher (`ocsf`). */
  readonly id: Scalars['ID']['output'];
  /** The value as an Indicator, with everything that is known of it; null for what is none to this gateway. */
  readonly indicator: Maybe<Indicator>;
  /** The type as Datadog displays it, for example `IP Address`. An open set: show it, do not branch on it. */
  readonly indicatorType: Maybe<Scalars['String']['output']>;
  /** When the indicator was last seen. */
  readonly lastSeen: Maybe<Scalars['DateTime']['output']>;
  /** Number of logs that matched this indicator. */
  readonly logMatches: Maybe<Scalars['Int64']['output']>;
  /** Names of the threat intelligence sources that flagged this indicator as malicious. */
  readonly maliciousSources: ReadonlyArray<Scalars['String']['output']>;
  /** What Datadog sends beside the fields of this type. Shown or withheld like `triagedBy`. */
  readonly otherFields: Maybe<Scalars['JSON']['output']>;
  /** Threat score, 0 to 100. */
  readonly score: Maybe<Scalars['Float']['output']>;
  /** What raised or lowered the score. */
  readonly scoringFactors: ScoringFactors;
  /** Number of security signals that matched this indicator. */
  readonly signalMatches: Maybe<Scalars['Int64']['output']>;
  /** Datadog: "Signal tier level." */
  readonly signalTier: Maybe<Scalars['Int64']['output']>;
  /** Names of the threat intelligence sources that flagged this indicator as suspicious. */
  readonly suspiciousSources: ReadonlyArray<Scalars['String']['output']>;
  /** Tags associated with the indicator. */
  readonly tags: ReadonlyArray<Scalars['String']['output']>;
  /** Whether somebody has reviewed the indicator. */
  readonly triageState: Maybe<TriageState>;
  /** When the indicator was last triaged, to the microsecond. */
  readonly triagedAt: Maybe<Scalars['DateTime']['output']>;
  /** UUID of the Datadog user who last triaged it. To a caller who may not see it: null with `FORBIDDEN`. */
  readonly triagedBy: Maybe<Scalars['ID']['output']>;
  /** The value as Datadog holds it. */
  readonly value: Maybe<Scalars['String']['output']>;
};

/** One page of rows, as the Relay connection specification has it. */
export type ThreatIndicatorConnection = {
  readonly __typename?: 'ThreatIndicatorConnection';
  /** The rows of this page, each with its cursor. */
  readonly edges: ReadonlyArray<ThreatIndicatorEdge>;
  /** What this page cannot tell: `ROWS_MOVED`, `TRUNCATED` (Datadog sent less than there is, or a part could not be read). */
  readonly limits: ReadonlyArray<CoverageLimit>;
  /** The rows of this page. */
  readonly nodes: ReadonlyArray<ThreatIndicator>;
  /** Whether and where the pages go on. */
  readonly pageInfo: PageInfo;
  /** How many rows match in all, as Datadog counted for this page; null where it does not say. */
  readonly totalCount: Maybe<Scalars['Int']['output']>;
};

/** A row and its place among all that match. */
export type ThreatIndicatorEdge = {
  readonly __typename?: 'ThreatIndicatorEdge';
  /** Opaque; `after` takes it. */
  readonly cursor: Scalars['String']['output'];
  /** The row. */
  readonly node: ThreatIndicator;
};

/** Which rows of Datadog's IoC Explorer. Criteria are combined with AND; omitted ones do not filter. */
export type ThreatIndicatorFilter = {
  /** Which matches count: true, only those in OCSF fields; false, only those by expression or message; see `Indicator.threat`. */
  readonly ocsf?: InputMaybe<Scalars['Boolean']['input']>;
  /**
   * A search in Datadog's own words (`field:value`), handed on as it is. What Datadog cannot read is `BAD_USER_INPUT` with the
   * position in `extensions.line` and `extensions.character`.
   */
  readonly query?: InputMaybe<Scalars['String']['input']>;
  /** Only those in this state. */
  readonly triageState?: InputMaybe<TriageStateFilter>;
  /** Only those whose state was changed by this Datadog user, by handle (an e-mail address). */
  readonly workedBy?: InputMaybe<Scalars['String']['input']>;
};

/** What a row says of a network; `ThreatReport.autonomousSystem` has more. */
export type ThreatIndicatorNetwork = {
  readonly __typename?: 'ThreatIndicatorNetwork';
  /** Autonomous system type. */
  readonly type: Maybe<Scalars['String']['output']>;
};

/** The order of Datadog's rows. */
export type ThreatIndicatorOrder = {
  /** Which way. */
  readonly direction?: InputMaybe<Direction>;
  /** What to order by. */
  readonly field: ThreatIndicatorOrderField;
};

/** What Datadog's rows can be ordered by. */
export type ThreatIndicatorOrderField =
  /** The kind of their autonomous system. */
  | 'AS_TYPE'
  /** Their categories. */
  | 'CATEGORY'
  /** When they were first seen. */
  | 'FIRST_SEEN'
  /** Their value. */
  | 'INDICATOR'
  /** The type of their value, in Datadog's words. */
  | 'INDICATOR_TYPE'
  /** When they were last seen. */
  | 'LAST_SEEN'
  /** How many logs matched them. */
  | 'LOG_COUNT'
  /** Their threat score. */
  | 'SCORE'
  /** How many security signals matched them. */
  | 'SIGNAL_COUNT';

/**
 * What Datadog's IoC Explorer tells of an indicator: every documented field of its answer. Datadog knows an indicator
 * only if a log of yours matched it within 30 days. A list that Datadog leaves out is empty; any other field is null.
 */
export type ThreatReport = {
  readonly __typename?: 'ThreatReport';
  /** Additional domain-specific context from threat intelligence sources, as Datadog sends it. */
  readonly additionalData: Maybe<Scalars['JSON']['output']>;
  /** The network that an address belongs to; null when Datadog says nothing of it. */
  readonly autonomousSystem: Maybe<AutonomousSystem>;
  /** Names of the threat intelligence sources that flagged this indicator as benign. */
  readonly benignSources: ReadonlyArray<Scalars['String']['output']>;
  /** Threat categories associated with the indicator. */
  readonly categories: ReadonlyArray<Scalars['String']['output']>;
  /** Critical assets associated with this indicator. Internal data: shown or withheld like `hosts`. */
  readonly criticalAssets: ReadonlyArray<Scalars['String']['output']>;
  /** Datadog: "Unique identifier for the indicator." */
  readonly datadogId: Maybe<Scalars['String']['output']>;
  /** When the indicator was first seen, to the microsecond. */
  readonly firstSeen: Maybe<Scalars['DateTime']['output']>;
  /** Where an address is; null when Datadog says nothing of it. */
  readonly geo: Maybe<GeoLocation>;
  /**
   * Hosts associated with this indicator. Internal data: the gateway may be set to show it only to some callers. To others
   * `Indicator.threat` is null with `FORBIDDEN` where this is selected; in `datadog` it is empty and `report.limits` holds
   * `PERSONAL_DATA_HIDDEN`.
   */
  readonly hosts: ReadonlyArray<Scalars['String']['output']>;
  /** For a client's cache: made from the indicator, the matcher (`ocsf`) and the content. */
  readonly id: Scalars['ID']['output'];
  /** The value as Datadog holds it. */
  readonly indicator: Maybe<Scalars['String']['output']>;
  /** The type as Datadog displays it, for example `IP Address`. An open set: show it, do not branch on it. */
  readonly indicatorType: Maybe<Scalars['String']['output']>;
  /** When the indicator was last seen, to the microsecond. */
  readonly lastSeen: Maybe<Scalars['DateTime']['output']>;
  /** Number of logs that matched this indicator. */
  readonly logMatches: Maybe<Scalars['Int64']['output']>;
  /** Log sources where this indicator was observed. */
  readonly logSources: ReadonlyArray<Scalars['String']['output']>;
  /** Names of the threat intelligence sources that flagged this indicator as malicious. */
  readonly maliciousSources: ReadonlyArray<Scalars['String']['output']>;
  /**
   * What Datadog sends beside the fields of this type, by Datadog's names: a beta may grow. Null when it sends none, or more
   * than 16 KiB of it. Shown or withheld like `triagedBy`, for nobody knows what stands there.
   */
  readonly otherFields: Maybe<Scalars['JSON']['output']>;
  /** Threat score, 0 to 100. */
  readonly score: Maybe<Scalars['Float']['output']>;
  /** What raised or lowered the score. */
  readonly scoringFactors: ScoringFactors;
  /** Services where this indicator was observed. */
  readonly services: ReadonlyArray<Scalars['String']['output']>;
  /** Number of security signals that matched this indicator. */
  readonly signalMatches: Maybe<Scalars['Int64']['output']>;
  /** Breakdown of security signals by severity. */
  readonly signalSeverity: ReadonlyArray<SignalSeverityCount>;
  /** Datadog: "Signal tier level." */
  readonly signalTier: Maybe<Scalars['Int64']['output']>;
  /** Names of the threat intelligence sources that flagged this indicator as suspicious. */
  readonly suspiciousSources: ReadonlyArray<Scalars['String']['output']>;
  /** Tags associated with the indicator. */
  readonly tags: ReadonlyArray<Scalars['String']['output']>;
  /** Whether somebody has reviewed the indicator. */
  readonly triageState: Maybe<TriageState>;
  /** When the indicator was last triaged, to the microsecond. */
  readonly triagedAt: Maybe<Scalars['DateTime']['output']>;
  /**
   * UUID of the Datadog user who last triaged the indicator. To a caller who may not see it: null with `FORBIDDEN`, and
   * null without one in `datadog`, where `report.limits` holds `PERSONAL_DATA_HIDDEN`.
   */
  readonly triagedBy: Maybe<Scalars['ID']['output']>;
  /** Users associated with this indicator, by category. Personal data: shown or withheld like `hosts`. */
  readonly users: ReadonlyArray<UserCategory>;
};

/**
 * A span of time, and which of a record's times must lie in it. A time is text: epoch milliseconds (`1777027200000`), ISO
 * 8601 in UTC (`2026-04-24T11:40:00Z`), or relative to now: `now`, or a sign, a number and a unit of `s`, `min`, `h`, `d`
 * or `w` (`-7d`, `-1 day`, `now-90min`), which the gateway resolves in UTC. Any other text, and a time in another zone, is
 * `BAD_USER_INPUT`. One of `from` and `to` must be given.
 */
export type TimeCriteria = {
  /**
   * The times to look at. Omitted: all that every record has, which leaves out the time of its deletion (unless any time
   * will do and deleted records are asked for). Name those that you mean.
   */
  readonly fields?: InputMaybe<ReadonlyArray<TimeField>>;
  /** Earliest time. Omitted: no bound. */
  readonly from?: InputMaybe<Scalars['String']['input']>;
  /** Whether all of the times looked at must lie in the span, or any one of them. */
  readonly match?: InputMaybe<TimeMatch>;
  /** Latest time. Omitted: now. */
  readonly to?: InputMaybe<Scalars['String']['input']>;
};

/** A time of a record. */
export type TimeField =
  /** `createdAt`: when the record was made. */
  | 'CREATED'
  /** `deletedAt`: when the record was deleted. */
  | 'DELETED'
  /** `firstSeen`: when the value was first seen by the list. */
  | 'FIRST_SEEN'
  /** `lastSeen`: when the value was last seen by the list. */
  | 'LAST_SEEN'
  /** `updatedAt`: when the record last changed. */
  | 'UPDATED';

/** How many of the times looked at must lie in the span. */
export type TimeMatch =
  /** Every one. */
  | 'ALL'
  /** At least one. */
  | 'ANY';

/** One triage action in Datadog. */
export type TriageEvent = {
  readonly __typename?: 'TriageEvent';
  /** When it occurred, to the microsecond. */
  readonly at: Maybe<Scalars['DateTime']['output']>;
  /** UUID of the Datadog user who performed it. Shown or withheld like `ThreatReport.triagedBy`. */
  readonly by: Maybe<Scalars['ID']['output']>;
  /** The state that the action left the indicator in. */
  readonly state: Maybe<TriageState>;
};

/** What became of one value of `setTriageState`. */
export type TriageResult = {
  readonly __typename?: 'TriageResult';
  /** A sentence for a person. Never an upstream's own text. */
  readonly detail: Maybe<Scalars['String']['output']>;
  /** The event that was recorded; null unless `status` is `MATCHED`, or where Datadog's answer does not show it. */
  readonly event: Maybe<TriageEvent>;
  /** What it was taken for; null exactly when `problem` is not. */
  readonly indicator: Maybe<Indicator>;
  /** The value as it was given; of a very long one the beginning. */
  readonly input: Scalars['String']['output'];
  /** What is wrong with the value, and what would be right. Nothing was sent. */
  readonly problem: Maybe<Scalars['String']['output']>;
  /**
   * `MATCHED`: recorded. `TIMED_OUT`: sent and not answered, so that it may have been recorded; look before sending it again.
   * `NOT_QUERIED`: never sent. Any other: Datadog refused it or could not be reached, as in reports.
   */
  readonly status: SourceStatus;
};

/** Whether somebody has looked at an indicator in Datadog. It records no conclusion: it never changes a verdict. */
export type TriageState =
  /** Nobody has reviewed it. */
  | 'NOT_REVIEWED'
  /** Somebody has looked. Datadog does not record what they concluded. */
  | 'REVIEWED'
  /** Datadog sent a word that this version of the gateway does not know. */
  | 'UNKNOWN';

/** The triage states that can be asked for, and recorded. */
export type TriageStateFilter =
  /** Nobody has reviewed it. */
  | 'NOT_REVIEWED'
  /** Somebody has looked. */
  | 'REVIEWED';

/** Users of one category. */
export type UserCategory = {
  readonly __typename?: 'UserCategory';
  /** The category, as Datadog names it. */
  readonly category: Scalars['String']['output'];
  /** User identifiers in this category. */
  readonly users: ReadonlyArray<Scalars['String']['output']>;
};

/**
 * What all sources together say about an indicator. A pure function of what they answered and of a policy: it never
 * depends on which other fields were selected. An answer that is missing, stale or truncated can leave `MALICIOUS` and
 * `SUSPICIOUS` standing, and turns anything less into `INCONCLUSIVE`.
 */
export type Verdict = {
  readonly __typename?: 'Verdict';
  /**
   * Whether evidence contradicts: the indicator itself is accused (`SUSPICIOUS` or worse), and a feed of Datadog calls it
   * benign, or Datadog scores it low and none of its feeds accuses what Argus does. `summary` then says both sides. Silence,
   * absence, failure and what is around the indicator contradict nobody.
   */
  readonly conflicting: Scalars['Boolean']['output'];
  /** For a client's cache: made from the indicator, the policy and the evidence. */
  readonly id: Scalars['ID']['output'];
  /** The strongest effect of all reasons, held back where something is missing. */
  readonly level: VerdictLevel;
  /**
   * Configured sources that gave no fresh and complete answer, at every level: what could still change the verdict. A source
   * that is not connected is not missing; `summary` names it.
   */
  readonly missing: ReadonlyArray<SourceName>;
  /**
   * The version of the rules with their bounds, ages and list caps, such as `2;malicious-from=70;…`: two verdicts with the
   * same one were judged alike.
   */
  readonly policyVersion: Scalars['String']['output'];
  /** Which rules spoke, from which source, on what evidence. The one that decided comes first. */
  readonly reasons: ReadonlyArray<VerdictReason>;
  /** One sentence for a ticket, defanged. */
  readonly summary: Scalars['String']['output'];
};

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

/** One rule that applied. */
export type VerdictReason = {
  readonly __typename?: 'VerdictReason';
  /** The evidence, in words for a person: score, list, confidence. Defanged. */
  readonly detail: Scalars['String']['output'];
  /** The level that the rule speaks for; null where it only adds context. */
  readonly effect: Maybe<VerdictLevel>;
  /** The rule's stable name, for example `argus-high`. */
  readonly rule: Scalars['String']['output'];
  /** Whose evidence it rests on; null for the gateway's own rule, such as that a source is missing. */
  readonly source: Maybe<SourceName>;
};

export type Link__Purpose =
  | 'EXECUTION'
  | 'SECURITY';



export type ResolverTypeWrapper<T> = Promise<T> | T;

export type ReferenceResolver<TResult, TReference, TContext> = (
      reference: TReference,
      context: TContext,
      info: GraphQLResolveInfo
    ) => Promise<TResult> | TResult;

      type ScalarCheck<T, S> = S extends true ? T : NullableCheck<T, S>;
      type NullableCheck<T, S> = Maybe<T> extends T ? Maybe<ListCheck<NonNullable<T>, S>> : ListCheck<T, S>;
      type ListCheck<T, S> = T extends (infer U)[] ? NullableCheck<U, S>[] : GraphQLRecursivePick<T, S>;
      export type GraphQLRecursivePick<T, S> = { [K in keyof T & keyof S]: ScalarCheck<T[K], S[K]> };
    

export type ResolverWithResolve<TResult, TParent, TContext, TArgs> = {
  resolve: ResolverFn<TResult, TParent, TContext, TArgs>;
};
export type Resolver<TResult, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = ResolverFn<TResult, TParent, TContext, TArgs> | ResolverWithResolve<TResult, TParent, TContext, TArgs>;

export type ResolverFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => Promise<TResult> | TResult;

export type SubscriptionSubscribeFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => AsyncIterable<TResult> | Promise<AsyncIterable<TResult>>;

export type SubscriptionResolveFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

export interface SubscriptionSubscriberObject<TResult, TKey extends string, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<{ [key in TKey]: TResult }, TParent, TContext, TArgs>;
  resolve?: SubscriptionResolveFn<TResult, { [key in TKey]: TResult }, TContext, TArgs>;
}

export interface SubscriptionResolverObject<TResult, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<any, TParent, TContext, TArgs>;
  resolve: SubscriptionResolveFn<TResult, any, TContext, TArgs>;
}

export type SubscriptionObject<TResult, TKey extends string, TParent, TContext, TArgs> =
  | SubscriptionSubscriberObject<TResult, TKey, TParent, TContext, TArgs>
  | SubscriptionResolverObject<TResult, TParent, TContext, TArgs>;

export type SubscriptionResolver<TResult, TKey extends string, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> =
  | ((...args: any[]) => SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>)
  | SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>;

export type TypeResolveFn<TTypes, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (
  parent: TParent,
  context: TContext,
  info: GraphQLResolveInfo
) => Maybe<TTypes> | Promise<Maybe<TTypes>>;

export type IsTypeOfResolverFn<T = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (obj: T, context: TContext, info: GraphQLResolveInfo) => boolean | Promise<boolean>;

export type NextResolverFn<T> = () => Promise<T>;

export type DirectiveResolverFn<TResult = Record<PropertyKey, never>, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = (
  next: NextResolverFn<TResult>,
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

/** Mapping of federation types */
export type FederationTypes = {
  Indicator: Indicator;
};

/** Mapping of federation reference types */
export type FederationReferenceTypes = {
  Indicator:
    ( { __typename: 'Indicator' }
    & ( GraphQLRecursivePick<FederationTypes['Indicator'], {"id":true}>
        | GraphQLRecursivePick<FederationTypes['Indicator'], {"value":true,"type":true}> ) );
};


/** Mapping of interface types */
export type ResolversInterfaceTypes<_RefType extends Record<string, unknown>> = {
  Node:
    | ( IndicatorModel )
    | ( ArgusRecordModel )
    | ( ThreatRowModel )
  ;
};

/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  ArgusAnswer: ResolverTypeWrapper<ArgusAnswerModel>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  AutonomousSystem: ResolverTypeWrapper<AutonomousSystem>;
  CircuitState: CircuitState;
  CoverageLimit: CoverageLimit;
  DatadogAnswer: ResolverTypeWrapper<DatadogAnswerModel>;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  Direction: Direction;
  DomainCriteria: DomainCriteria;
  Extracted: ResolverTypeWrapper<Omit<Extracted, 'indicator'> & { indicator?: Maybe<ResolversTypes['Indicator']> }>;
  GeoLocation: ResolverTypeWrapper<GeoLocation>;
  Indicator: ResolverTypeWrapper<IndicatorModel>;
  Float: ResolverTypeWrapper<Scalars['Float']['output']>;
  IndicatorList: ResolverTypeWrapper<IndicatorList>;
  IndicatorType: IndicatorType;
  Int64: ResolverTypeWrapper<Scalars['Int64']['output']>;
  JSON: ResolverTypeWrapper<Scalars['JSON']['output']>;
  Link: ResolverTypeWrapper<Link>;
  Lookup: ResolverTypeWrapper<Omit<Lookup, 'indicator'> & { indicator?: Maybe<ResolversTypes['Indicator']> }>;
  MembershipState: MembershipState;
  MembershipStateFilter: MembershipStateFilter;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Node: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['Node']>;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  Property: ResolverTypeWrapper<PropertyModel>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  ReputationFilter: ReputationFilter;
  ReputationOrder: ReputationOrder;
  ReputationOrderField: ReputationOrderField;
  ReputationRecord: ResolverTypeWrapper<ArgusRecordModel>;
  ReputationRecordConnection: ResolverTypeWrapper<Omit<ReputationRecordConnection, 'edges' | 'nodes'> & { edges: ReadonlyArray<ResolversTypes['ReputationRecordEdge']>, nodes: ReadonlyArray<ResolversTypes['ReputationRecord']> }>;
  ReputationRecordEdge: ResolverTypeWrapper<Omit<ReputationRecordEdge, 'node'> & { node: ResolversTypes['ReputationRecord'] }>;
  ReputationType: ResolverTypeWrapper<ReputationType>;
  ScoreEffect: ScoreEffect;
  ScoringFactors: ResolverTypeWrapper<ScoringFactors>;
  ServedFrom: ServedFrom;
  SignalSeverityCount: ResolverTypeWrapper<SignalSeverityCount>;
  SourceHealth: ResolverTypeWrapper<Omit<SourceHealth, 'source'> & { source: ResolversTypes['SourceName'] }>;
  SourceName: ResolverTypeWrapper<AnySourceName>;
  SourceReport: ResolverTypeWrapper<SourceReportModel>;
  SourceState: SourceState;
  SourceStatus: SourceStatus;
  ThreatIndicator: ResolverTypeWrapper<ThreatRowModel>;
  ThreatIndicatorConnection: ResolverTypeWrapper<Omit<ThreatIndicatorConnection, 'edges' | 'nodes'> & { edges: ReadonlyArray<ResolversTypes['ThreatIndicatorEdge']>, nodes: ReadonlyArray<ResolversTypes['ThreatIndicator']> }>;
  ThreatIndicatorEdge: ResolverTypeWrapper<Omit<ThreatIndicatorEdge, 'node'> & { node: ResolversTypes['ThreatIndicator'] }>;
  ThreatIndicatorFilter: ThreatIndicatorFilter;
  ThreatIndicatorNetwork: ResolverTypeWrapper<ThreatIndicatorNetwork>;
  ThreatIndicatorOrder: ThreatIndicatorOrder;
  ThreatIndicatorOrderField: ThreatIndicatorOrderField;
  ThreatReport: ResolverTypeWrapper<ThreatReportModel>;
  TimeCriteria: TimeCriteria;
  TimeField: TimeField;
  TimeMatch: TimeMatch;
  TriageEvent: ResolverTypeWrapper<TriageEventModel>;
  TriageResult: ResolverTypeWrapper<Omit<TriageResult, 'event' | 'indicator'> & { event?: Maybe<ResolversTypes['TriageEvent']>, indicator?: Maybe<ResolversTypes['Indicator']> }>;
  TriageState: TriageState;
  TriageStateFilter: TriageStateFilter;
  UserCategory: ResolverTypeWrapper<UserCategory>;
  Verdict: ResolverTypeWrapper<VerdictModel>;
  VerdictLevel: VerdictLevel;
  VerdictReason: ResolverTypeWrapper<Omit<VerdictReason, 'source'> & { source?: Maybe<ResolversTypes['SourceName']> }>;
  federation__FieldSet: ResolverTypeWrapper<Scalars['federation__FieldSet']['output']>;
  link__Import: ResolverTypeWrapper<Scalars['link__Import']['output']>;
  link__Purpose: Link__Purpose;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  ArgusAnswer: ArgusAnswerModel;
  ID: Scalars['ID']['output'];
  AutonomousSystem: AutonomousSystem;
  DatadogAnswer: DatadogAnswerModel;
  DateTime: Scalars['DateTime']['output'];
  DomainCriteria: DomainCriteria;
  Extracted: Omit<Extracted, 'indicator'> & { indicator?: Maybe<ResolversParentTypes['Indicator']> };
  GeoLocation: GeoLocation;
  Indicator: IndicatorModel;
  Float: Scalars['Float']['output'];
  IndicatorList: IndicatorList;
  Int64: Scalars['Int64']['output'];
  JSON: Scalars['JSON']['output'];
  Link: Link;
  Lookup: Omit<Lookup, 'indicator'> & { indicator?: Maybe<ResolversParentTypes['Indicator']> };
  Mutation: Record<PropertyKey, never>;
  Node: ResolversInterfaceTypes<ResolversParentTypes>['Node'];
  PageInfo: PageInfo;
  Property: PropertyModel;
  Query: Record<PropertyKey, never>;
  ReputationFilter: ReputationFilter;
  ReputationOrder: ReputationOrder;
  ReputationRecord: ArgusRecordModel;
  ReputationRecordConnection: Omit<ReputationRecordConnection, 'edges' | 'nodes'> & { edges: ReadonlyArray<ResolversParentTypes['ReputationRecordEdge']>, nodes: ReadonlyArray<ResolversParentTypes['ReputationRecord']> };
  ReputationRecordEdge: Omit<ReputationRecordEdge, 'node'> & { node: ResolversParentTypes['ReputationRecord'] };
  ReputationType: ReputationType;
  ScoringFactors: ScoringFactors;
  SignalSeverityCount: SignalSeverityCount;
  SourceHealth: SourceHealth;
  SourceReport: SourceReportModel;
  ThreatIndicator: ThreatRowModel;
  ThreatIndicatorConnection: Omit<ThreatIndicatorConnection, 'edges' | 'nodes'> & { edges: ReadonlyArray<ResolversParentTypes['ThreatIndicatorEdge']>, nodes: ReadonlyArray<ResolversParentTypes['ThreatIndicator']> };
  ThreatIndicatorEdge: Omit<ThreatIndicatorEdge, 'node'> & { node: ResolversParentTypes['ThreatIndicator'] };
  ThreatIndicatorFilter: ThreatIndicatorFilter;
  ThreatIndicatorNetwork: ThreatIndicatorNetwork;
  ThreatIndicatorOrder: ThreatIndicatorOrder;
  ThreatReport: ThreatReportModel;
  TimeCriteria: TimeCriteria;
  TriageEvent: TriageEventModel;
  TriageResult: Omit<TriageResult, 'event' | 'indicator'> & { event?: Maybe<ResolversParentTypes['TriageEvent']>, indicator?: Maybe<ResolversParentTypes['Indicator']> };
  UserCategory: UserCategory;
  Verdict: VerdictModel;
  VerdictReason: VerdictReason;
  federation__FieldSet: Scalars['federation__FieldSet']['output'];
  link__Import: Scalars['link__Import']['output'];
  Boolean: Scalars['Boolean']['output'];
  String: Scalars['String']['output'];
  Int: Scalars['Int']['output'];
};

export type LinkDirectiveArgs = {
  as?: Maybe<Scalars['String']['input']>;
  for?: Maybe<Link__Purpose>;
  import?: Maybe<ReadonlyArray<Maybe<Scalars['link__Import']['input']>>>;
  url?: Maybe<Scalars['String']['input']>;
};

export type LinkDirectiveResolver<Result, Parent, ContextType = Context, Args = LinkDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type SemanticNonNullDirectiveArgs = {
  levels?: Maybe<ReadonlyArray<Maybe<Scalars['Int']['input']>>>;
};

export type SemanticNonNullDirectiveResolver<Result, Parent, ContextType = Context, Args = SemanticNonNullDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type ArgusAnswerResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ArgusAnswer'] = ResolversParentTypes['ArgusAnswer']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  membershipCount?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  memberships?: Resolver<Maybe<ReadonlyArray<ResolversTypes['ReputationRecord']>>, ParentType, ContextType, Partial<ArgusAnswerMembershipsArgs>>;
  report?: Resolver<ResolversTypes['SourceReport'], ParentType, ContextType>;
};

export type AutonomousSystemResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AutonomousSystem'] = ResolversParentTypes['AutonomousSystem']> = {
  cidrBlock?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  number?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  organization?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  type?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type DatadogAnswerResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DatadogAnswer'] = ResolversParentTypes['DatadogAnswer']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  report?: Resolver<ResolversTypes['SourceReport'], ParentType, ContextType>;
  threat?: Resolver<Maybe<ResolversTypes['ThreatReport']>, ParentType, ContextType>;
  triageHistory?: Resolver<Maybe<ReadonlyArray<ResolversTypes['TriageEvent']>>, ParentType, ContextType, RequireFields<DatadogAnswerTriageHistoryArgs, 'offset'>>;
};

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export type ExtractedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Extracted'] = ResolversParentTypes['Extracted']> = {
  indicator?: Resolver<Maybe<ResolversTypes['Indicator']>, ParentType, ContextType>;
  length?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  problem?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  start?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type GeoLocationResolvers<ContextType = Context, ParentType extends ResolversParentTypes['GeoLocation'] = ResolversParentTypes['GeoLocation']> = {
  city?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  countryCode?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  countryName?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type IndicatorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Indicator'] = ResolversParentTypes['Indicator'], FederationReferenceType extends FederationReferenceTypes['Indicator'] = FederationReferenceTypes['Indicator']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Indicator']> | FederationReferenceType, FederationReferenceType, ContextType>;
  argus?: Resolver<ResolversTypes['ArgusAnswer'], ParentType, ContextType, RequireFields<IndicatorArgusArgs, 'states'>>;
  covering?: Resolver<Maybe<ReadonlyArray<ResolversTypes['ReputationRecord']>>, ParentType, ContextType>;
  datadog?: Resolver<ResolversTypes['DatadogAnswer'], ParentType, ContextType, Partial<IndicatorDatadogArgs>>;
  defanged?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  host?: Resolver<Maybe<ResolversTypes['Indicator']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  links?: Resolver<ReadonlyArray<ResolversTypes['Link']>, ParentType, ContextType>;
  memberships?: Resolver<Maybe<ReadonlyArray<ResolversTypes['ReputationRecord']>>, ParentType, ContextType, RequireFields<IndicatorMembershipsArgs, 'states'>>;
  sources?: Resolver<ReadonlyArray<ResolversTypes['SourceReport']>, ParentType, ContextType>;
  specialUse?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  threat?: Resolver<Maybe<ResolversTypes['ThreatReport']>, ParentType, ContextType, Partial<IndicatorThreatArgs>>;
  threatScore?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  triageHistory?: Resolver<Maybe<ReadonlyArray<ResolversTypes['TriageEvent']>>, ParentType, ContextType, RequireFields<IndicatorTriageHistoryArgs, 'offset'>>;
  triageState?: Resolver<Maybe<ResolversTypes['TriageState']>, ParentType, ContextType>;
  type?: Resolver<ResolversTypes['IndicatorType'], ParentType, ContextType>;
  value?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  verdict?: Resolver<ResolversTypes['Verdict'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type IndicatorListResolvers<ContextType = Context, ParentType extends ResolversParentTypes['IndicatorList'] = ResolversParentTypes['IndicatorList']> = {
  confidence?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  shortName?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export interface Int64ScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['Int64'], any> {
  name: 'Int64';
}

export interface JsonScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['JSON'], any> {
  name: 'JSON';
}

export type LinkResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Link'] = ResolversParentTypes['Link']> = {
  label?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  url?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type LookupResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Lookup'] = ResolversParentTypes['Lookup']> = {
  indicator?: Resolver<Maybe<ResolversTypes['Indicator']>, ParentType, ContextType>;
  input?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  problem?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type MutationResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  setTriageState?: Resolver<ReadonlyArray<ResolversTypes['TriageResult']>, ParentType, ContextType, RequireFields<MutationSetTriageStateArgs, 'state' | 'values'>>;
};

export type NodeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Node'] = ResolversParentTypes['Node']> = {
  __resolveType: TypeResolveFn<'Indicator' | 'ReputationRecord' | 'ThreatIndicator', ParentType, ContextType>;
};

export type PageInfoResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  hasPreviousPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  startCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type PropertyResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Property'] = ResolversParentTypes['Property']> = {
  dataType?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  descriptorId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  multiValue?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  shortName?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  value?: Resolver<Maybe<ResolversTypes['JSON']>, ParentType, ContextType>;
  values?: Resolver<ReadonlyArray<ResolversTypes['JSON']>, ParentType, ContextType>;
};

export type QueryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  extract?: Resolver<ReadonlyArray<ResolversTypes['Extracted']>, ParentType, ContextType, RequireFields<QueryExtractArgs, 'text'>>;
  extractIndicators?: Resolver<ReadonlyArray<ResolversTypes['Indicator']>, ParentType, ContextType, RequireFields<QueryExtractIndicatorsArgs, 'text'>>;
  indicator?: Resolver<Maybe<ResolversTypes['Indicator']>, ParentType, ContextType, RequireFields<QueryIndicatorArgs, 'value'>>;
  indicators?: Resolver<ReadonlyArray<Maybe<ResolversTypes['Indicator']>>, ParentType, ContextType, RequireFields<QueryIndicatorsArgs, 'values'>>;
  lookup?: Resolver<ReadonlyArray<ResolversTypes['Lookup']>, ParentType, ContextType, RequireFields<QueryLookupArgs, 'values'>>;
  node?: Resolver<Maybe<ResolversTypes['Node']>, ParentType, ContextType, RequireFields<QueryNodeArgs, 'id'>>;
  nodes?: Resolver<ReadonlyArray<Maybe<ResolversTypes['Node']>>, ParentType, ContextType, RequireFields<QueryNodesArgs, 'ids'>>;
  reputationRecord?: Resolver<Maybe<ResolversTypes['ReputationRecord']>, ParentType, ContextType, RequireFields<QueryReputationRecordArgs, 'id'>>;
  reputationRecords?: Resolver<Maybe<ResolversTypes['ReputationRecordConnection']>, ParentType, ContextType, RequireFields<QueryReputationRecordsArgs, 'first'>>;
  reputationTypes?: Resolver<Maybe<ReadonlyArray<ResolversTypes['ReputationType']>>, ParentType, ContextType>;
  sources?: Resolver<ReadonlyArray<ResolversTypes['SourceHealth']>, ParentType, ContextType>;
  threatIndicators?: Resolver<Maybe<ResolversTypes['ThreatIndicatorConnection']>, ParentType, ContextType, RequireFields<QueryThreatIndicatorsArgs, 'first' | 'orderBy'>>;
};

export type ReputationRecordResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ReputationRecord'] = ResolversParentTypes['ReputationRecord']> = {
  confidence?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  createdAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  deletedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  firstSeen?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  flags?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  indicator?: Resolver<Maybe<ResolversTypes['Indicator']>, ParentType, ContextType>;
  lastSeen?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  list?: Resolver<ResolversTypes['IndicatorList'], ParentType, ContextType>;
  properties?: Resolver<Maybe<ReadonlyArray<Maybe<ResolversTypes['Property']>>>, ParentType, ContextType, RequireFields<ReputationRecordPropertiesArgs, 'names'>>;
  recordId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  reputationType?: Resolver<ResolversTypes['ReputationType'], ParentType, ContextType>;
  state?: Resolver<ResolversTypes['MembershipState'], ParentType, ContextType>;
  updatedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  value?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ReputationRecordConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ReputationRecordConnection'] = ResolversParentTypes['ReputationRecordConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['ReputationRecordEdge']>, ParentType, ContextType>;
  nodes?: Resolver<ReadonlyArray<ResolversTypes['ReputationRecord']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type ReputationRecordEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ReputationRecordEdge'] = ResolversParentTypes['ReputationRecordEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['ReputationRecord'], ParentType, ContextType>;
};

export type ReputationTypeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ReputationType'] = ResolversParentTypes['ReputationType']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  shortName?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type ScoringFactorsResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ScoringFactors'] = ResolversParentTypes['ScoringFactors']> = {
  asType?: Resolver<Maybe<ResolversTypes['ScoreEffect']>, ParentType, ContextType>;
  maxTrust?: Resolver<Maybe<ResolversTypes['ScoreEffect']>, ParentType, ContextType>;
  persistence?: Resolver<Maybe<ResolversTypes['ScoreEffect']>, ParentType, ContextType>;
  signal?: Resolver<Maybe<ResolversTypes['ScoreEffect']>, ParentType, ContextType>;
  sources?: Resolver<Maybe<ResolversTypes['ScoreEffect']>, ParentType, ContextType>;
};

export type SignalSeverityCountResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SignalSeverityCount'] = ResolversParentTypes['SignalSeverityCount']> = {
  count?: Resolver<Maybe<ResolversTypes['Int64']>, ParentType, ContextType>;
  severity?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type SourceHealthResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SourceHealth'] = ResolversParentTypes['SourceHealth']> = {
  circuit?: Resolver<ResolversTypes['CircuitState'], ParentType, ContextType>;
  lastFailureAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  lastFailureCode?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  lastSuccessAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  rateLimitRemaining?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  rateLimitResetAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  source?: Resolver<ResolversTypes['SourceName'], ParentType, ContextType>;
  state?: Resolver<ResolversTypes['SourceState'], ParentType, ContextType>;
};

export type SourceNameResolvers = EnumResolverSignature<{ ARGUS?: any, DATADOG?: any }, ResolversTypes['SourceName']>;

export type SourceReportResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SourceReport'] = ResolversParentTypes['SourceReport']> = {
  ageSeconds?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  detail?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  fetchedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  limits?: Resolver<ReadonlyArray<ResolversTypes['CoverageLimit']>, ParentType, ContextType>;
  retryAfterSeconds?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  servedFrom?: Resolver<Maybe<ResolversTypes['ServedFrom']>, ParentType, ContextType>;
  source?: Resolver<ResolversTypes['SourceName'], ParentType, ContextType>;
  staleBecause?: Resolver<Maybe<ResolversTypes['SourceStatus']>, ParentType, ContextType>;
  status?: Resolver<ResolversTypes['SourceStatus'], ParentType, ContextType>;
};

export type ThreatIndicatorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ThreatIndicator'] = ResolversParentTypes['ThreatIndicator']> = {
  autonomousSystem?: Resolver<Maybe<ResolversTypes['ThreatIndicatorNetwork']>, ParentType, ContextType>;
  benignSources?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  categories?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  datadogId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  firstSeen?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  geo?: Resolver<Maybe<ResolversTypes['GeoLocation']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  indicator?: Resolver<Maybe<ResolversTypes['Indicator']>, ParentType, ContextType>;
  indicatorType?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  lastSeen?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  logMatches?: Resolver<Maybe<ResolversTypes['Int64']>, ParentType, ContextType>;
  maliciousSources?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  otherFields?: Resolver<Maybe<ResolversTypes['JSON']>, ParentType, ContextType>;
  score?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  scoringFactors?: Resolver<ResolversTypes['ScoringFactors'], ParentType, ContextType>;
  signalMatches?: Resolver<Maybe<ResolversTypes['Int64']>, ParentType, ContextType>;
  signalTier?: Resolver<Maybe<ResolversTypes['Int64']>, ParentType, ContextType>;
  suspiciousSources?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  tags?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  triageState?: Resolver<Maybe<ResolversTypes['TriageState']>, ParentType, ContextType>;
  triagedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  triagedBy?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  value?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ThreatIndicatorConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ThreatIndicatorConnection'] = ResolversParentTypes['ThreatIndicatorConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['ThreatIndicatorEdge']>, ParentType, ContextType>;
  limits?: Resolver<ReadonlyArray<ResolversTypes['CoverageLimit']>, ParentType, ContextType>;
  nodes?: Resolver<ReadonlyArray<ResolversTypes['ThreatIndicator']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type ThreatIndicatorEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ThreatIndicatorEdge'] = ResolversParentTypes['ThreatIndicatorEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['ThreatIndicator'], ParentType, ContextType>;
};

export type ThreatIndicatorNetworkResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ThreatIndicatorNetwork'] = ResolversParentTypes['ThreatIndicatorNetwork']> = {
  type?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type ThreatReportResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ThreatReport'] = ResolversParentTypes['ThreatReport']> = {
  additionalData?: Resolver<Maybe<ResolversTypes['JSON']>, ParentType, ContextType>;
  autonomousSystem?: Resolver<Maybe<ResolversTypes['AutonomousSystem']>, ParentType, ContextType>;
  benignSources?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  categories?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  criticalAssets?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  datadogId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  firstSeen?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  geo?: Resolver<Maybe<ResolversTypes['GeoLocation']>, ParentType, ContextType>;
  hosts?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  indicator?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  indicatorType?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  lastSeen?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  logMatches?: Resolver<Maybe<ResolversTypes['Int64']>, ParentType, ContextType>;
  logSources?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  maliciousSources?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  otherFields?: Resolver<Maybe<ResolversTypes['JSON']>, ParentType, ContextType>;
  score?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  scoringFactors?: Resolver<ResolversTypes['ScoringFactors'], ParentType, ContextType>;
  services?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  signalMatches?: Resolver<Maybe<ResolversTypes['Int64']>, ParentType, ContextType>;
  signalSeverity?: Resolver<ReadonlyArray<ResolversTypes['SignalSeverityCount']>, ParentType, ContextType>;
  signalTier?: Resolver<Maybe<ResolversTypes['Int64']>, ParentType, ContextType>;
  suspiciousSources?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  tags?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  triageState?: Resolver<Maybe<ResolversTypes['TriageState']>, ParentType, ContextType>;
  triagedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  triagedBy?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  users?: Resolver<ReadonlyArray<ResolversTypes['UserCategory']>, ParentType, ContextType>;
};

export type TriageEventResolvers<ContextType = Context, ParentType extends ResolversParentTypes['TriageEvent'] = ResolversParentTypes['TriageEvent']> = {
  at?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  by?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  state?: Resolver<Maybe<ResolversTypes['TriageState']>, ParentType, ContextType>;
};

export type TriageResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['TriageResult'] = ResolversParentTypes['TriageResult']> = {
  detail?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  event?: Resolver<Maybe<ResolversTypes['TriageEvent']>, ParentType, ContextType>;
  indicator?: Resolver<Maybe<ResolversTypes['Indicator']>, ParentType, ContextType>;
  input?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  problem?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  status?: Resolver<ResolversTypes['SourceStatus'], ParentType, ContextType>;
};

export type UserCategoryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UserCategory'] = ResolversParentTypes['UserCategory']> = {
  category?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  users?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
};

export type VerdictResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Verdict'] = ResolversParentTypes['Verdict']> = {
  conflicting?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  level?: Resolver<ResolversTypes['VerdictLevel'], ParentType, ContextType>;
  missing?: Resolver<ReadonlyArray<ResolversTypes['SourceName']>, ParentType, ContextType>;
  policyVersion?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  reasons?: Resolver<ReadonlyArray<ResolversTypes['VerdictReason']>, ParentType, ContextType>;
  summary?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type VerdictReasonResolvers<ContextType = Context, ParentType extends ResolversParentTypes['VerdictReason'] = ResolversParentTypes['VerdictReason']> = {
  detail?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  effect?: Resolver<Maybe<ResolversTypes['VerdictLevel']>, ParentType, ContextType>;
  rule?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  source?: Resolver<Maybe<ResolversTypes['SourceName']>, ParentType, ContextType>;
};

export interface Federation__FieldSetScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['federation__FieldSet'], any> {
  name: 'federation__FieldSet';
}

export interface Link__ImportScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['link__Import'], any> {
  name: 'link__Import';
}

export type Resolvers<ContextType = Context> = {
  ArgusAnswer?: ArgusAnswerResolvers<ContextType>;
  AutonomousSystem?: AutonomousSystemResolvers<ContextType>;
  DatadogAnswer?: DatadogAnswerResolvers<ContextType>;
  DateTime?: GraphQLScalarType;
  Extracted?: ExtractedResolvers<ContextType>;
  GeoLocation?: GeoLocationResolvers<ContextType>;
  Indicator?: IndicatorResolvers<ContextType>;
  IndicatorList?: IndicatorListResolvers<ContextType>;
  Int64?: GraphQLScalarType;
  JSON?: GraphQLScalarType;
  Link?: LinkResolvers<ContextType>;
  Lookup?: LookupResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  Node?: NodeResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  Property?: PropertyResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  ReputationRecord?: ReputationRecordResolvers<ContextType>;
  ReputationRecordConnection?: ReputationRecordConnectionResolvers<ContextType>;
  ReputationRecordEdge?: ReputationRecordEdgeResolvers<ContextType>;
  ReputationType?: ReputationTypeResolvers<ContextType>;
  ScoringFactors?: ScoringFactorsResolvers<ContextType>;
  SignalSeverityCount?: SignalSeverityCountResolvers<ContextType>;
  SourceHealth?: SourceHealthResolvers<ContextType>;
  SourceName?: SourceNameResolvers;
  SourceReport?: SourceReportResolvers<ContextType>;
  ThreatIndicator?: ThreatIndicatorResolvers<ContextType>;
  ThreatIndicatorConnection?: ThreatIndicatorConnectionResolvers<ContextType>;
  ThreatIndicatorEdge?: ThreatIndicatorEdgeResolvers<ContextType>;
  ThreatIndicatorNetwork?: ThreatIndicatorNetworkResolvers<ContextType>;
  ThreatReport?: ThreatReportResolvers<ContextType>;
  TriageEvent?: TriageEventResolvers<ContextType>;
  TriageResult?: TriageResultResolvers<ContextType>;
  UserCategory?: UserCategoryResolvers<ContextType>;
  Verdict?: VerdictResolvers<ContextType>;
  VerdictReason?: VerdictReasonResolvers<ContextType>;
  federation__FieldSet?: GraphQLScalarType;
  link__Import?: GraphQLScalarType;
};

export type DirectiveResolvers<ContextType = Context> = {
  link?: LinkDirectiveResolver<any, any, ContextType>;
  semanticNonNull?: SemanticNonNullDirectiveResolver<any, any, ContextType>;
};
