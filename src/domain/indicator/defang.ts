import type { Indicator } from './model.ts';

const dangerousSigns = /(?<![A-Za-z0-9+.-])http(s?):\/\/|:\/\/|[.@]/gu;

/** Makes a value safe to paste: hxxps://evil[.]example[.]org/x. `parseIndicator` gives the same indicator for it. */
export function defang(indicator: Indicator): string {
  const { type, value } = indicator;
  const marked = defangText(value);
  return type === 'IPV6' || (type === 'CIDR' && value.includes(':')) ? marked.replaceAll(':', '[:]') : marked;
}

/** Defangs any text. */
export function defangText(text: string): string {
  return text.replace(dangerousSigns, (sign, s?: string) => (s === undefined ? `[${sign}]` : `hxxp${s}://`));
}
