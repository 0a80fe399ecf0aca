/** Links that mail gateways and websites put around another link. Pure. */
import { parseIndicator } from '../indicator.ts';
import type { Indicator } from '../model.ts';
import type { Found } from './found.ts';

type Unwrap = (url: URL, text: string) => string | null | undefined;

const parameter =
  (...names: readonly string[]): Unwrap =>
  ({ searchParams }) =>
    names.map(name => searchParams.get(name)).find(value => value);

/** Microsoft, Google, Facebook, Barracuda and others carry the link in a parameter, Proofpoint in a spelling of its own. */
const wrappers: readonly (readonly [host: RegExp, path: RegExp, unwrap: Unwrap])[] = [
  [/(?:^|\.)safelinks\.protection\.(?:outlook|office365)\.(?:com|us)$/u, /^/u, parameter('url')],
  [/^(?:www\.)?google(?:\.[a-z]{2,3}){1,2}$/u, /^\/url$/u, parameter('q', 'url')],
  [/^lm?\.(?:facebook|instagram|messenger)\.com$/u, /^/u, parameter('u')],
  [/^linkprotect\.cudasvc\.com$/u, /^\/url$/u, parameter('a')],
  [/^(?:www\.)?youtube\.com$/u, /^\/redirect$/u, parameter('q')],
  [
    /^secure-web\.cisco\.com$/u,
    /%3a%2f%2f/iu,
    ({ pathname }) => decoded(pathname.slice(pathname.lastIndexOf('/') + 1)),
  ],
  [/^clicktime\.symantec\.com$|^protect2\.fireeye\.com$|^steamcommunity\.com$/u, /^/u, parameter('u', 'url')],
  [/^slack-redir\.net$|^out\.reddit\.com$|^href\.li$/u, /^/u, parameter('url')],
  [/^vk\.com$/u, /^\/away\.php$/u, parameter('to')],
  [/^duckduckgo\.com$/u, /^\/l\/$/u, parameter('uddg')],
  [/^(?:www\.)?linkedin\.com$/u, /^\/(?:redir\/redirect|safety\/go)$/u, parameter('url')],
  [
    /^protect(?:-[a-z]{2,4})?\.mimecast\.com$|^url\.(?:[a-z]{2}\.)?m\.mimecastprotect\.com$/u,
    /^\/s\//u,
    parameter('domain'),
  ],
  [/^urldefense(?:\.proofpoint)?\.com$/u, /^\/v1\/url$/u, parameter('u')],
  [
    /^urldefense(?:\.proofpoint)?\.com$/u,
    /^\/v2\/url$/u,
    ({ searchParams }) => secondProofpoint(searchParams.get('u')),
  ],
  [/^urldefense(?:\.proofpoint)?\.(?:com|us)$/u, /^\/v3\/__/u, (_, text) => thirdProofpoint(text)],
];

/** `http-3A__evil.example_x`: - stands for %, and _ for a slash. */
function secondProofpoint(text: string | null): string | undefined {
  const plain = text?.replaceAll('_', '/').replace(/-(?=[0-9A-F]{2})/gu, '%');
  return plain === undefined ? undefined : decoded(plain);
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

const third = /\/v3\/__(.+?)__;([A-Za-z0-9_-]*)/u;
const lengths = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Each * stands for a character, and each **x for as many as x counts, of those that follow in Base64. */
function thirdProofpoint(text: string): string | undefined {
  const [, link, encoded = ''] = third.exec(text) ?? [];
  if (link === undefined) return undefined;
  const signs = [...Buffer.from(encoded, 'base64url').toString('utf8')];
  return link
    .replace(/\*(\*.)?/gu, (_, run?: string) =>
      signs.splice(0, run === undefined ? 1 : lengths.indexOf(run[1] ?? '') + 2).join(''),
    )
    .replace(/^([a-z]+:\/)(?=[^/])/iu, '$1/');
}

function innerOf({ type, value }: Indicator): Indicator | undefined {
  if (type !== 'URL' || !URL.canParse(value)) return undefined;
  const url = new URL(value);
  const [, , unwrap] = wrappers.find(([host, path]) => host.test(url.hostname) && path.test(url.pathname)) ?? [];
  const inner = unwrap?.(url, value);
  const { indicator } = inner ? parseIndicator(inner.replace(/^([^/]+)\/$/u, '$1')) : {};
  return indicator?.type === 'OTHER' ? undefined : indicator;
}

/** As many wrappers as may lie around one another. */
const maxDepth = 4;

/** What the URL leads on to, the outermost first, each in the place of the URL. */
export function wrappedIn({ indicator, start, end }: Found): readonly Found[] {
  const inner: Found[] = [];
  for (let next = indicator && innerOf(indicator); next && inner.length < maxDepth; next = innerOf(next))
    inner.push({ start, end, indicator: next });
  return inner;
}

const encoded =
  /(?:(?<=%[\da-f]{2})|(?<![a-z]|%|%[\da-f]))[a-z]{2,6}%(?:25)?3a(?:%(?:25)?2f){2}[^\s&;,)\]}]{3,2000}|(?:(?<=%[\da-f]{2})|(?<![a-z]))https?%3a\/\/[^\s&;,)\]}]{3,2000}/giu;

/** URLs that are escaped whole, as logs have them: https%3A%2F%2Fevil.example%2Fx. */
export const escapedUrlsIn = (text: string): readonly Found[] =>
  [...text.matchAll(encoded)].flatMap(({ 0: whole, index }) => {
    const once = decoded(whole) ?? '';
    const { indicator } = parseIndicator(/^\w+%/u.test(once) ? (decoded(once) ?? '') : once, 'URL');
    return indicator === undefined ? [] : [{ indicator, start: index, end: index + whole.length }];
  });
