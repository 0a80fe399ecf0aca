/** Where a person goes on in Datadog: pages at addresses that its documentation shows. Pure. */
import type { Indicator } from '../../../domain/indicator/model.ts';

export interface Link {
  readonly label: string;
  readonly url: string;
}

/** `site`: as in DD_SITE. The Explorer's own filter is not documented, so its link names no value. */
export function linksTo({ value }: Indicator, site: string): readonly Link[] {
  // Datadog's table of sites: the first ones are shown at `app.` in front of them.
  const host = site.split('.').length === 2 ? `app.${site}` : site;
  const quoted = `"${value.replaceAll(/["\\]/g, '\\$&')}"`;
  const address = (path: string, parameters: Readonly<Record<string, string>>) =>
    `https://${host}${path}?${new URLSearchParams(parameters)}`;
  return [
    { label: 'Datadog: IoC Explorer', url: `https://${host}/security/siem/ioc-explorer` },
    { label: 'Datadog: logs', url: address('/logs', { query: quoted }) },
    { label: 'Datadog: security signals', url: address('/security', { query: quoted, product: 'siem' }) },
  ];
}
