import type { Indicator } from './indicator.ts';

const live = /(?<![A-Za-z0-9+.-])http(s?):\/\/|:\/\/|[.@]/gu;

/** Safe to paste into a chat: hxxps://evil[.]example[.]org/x. `parseIndicator` reads it back as the same indicator. */
export function defang(indicator: Indicator): string {
  const { type, value } = indicator;
  const marked = defangText(value);
  return type === 'IPV6' || (type === 'CIDR' && value.includes(':')) ? marked.replaceAll(':', '[:]') : marked;
}

/** The same for text of any kind. */
export function defangText(text: string): string {
  return text.replace(live, (sign, s?: string) => (s === undefined ? `[${sign}]` : `hxxp${s}://`));
}
