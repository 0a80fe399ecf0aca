import type { IncomingHttpHeaders } from 'node:http';

/** Who asks. `name` stands in logs and the audit; `keys` are the caller's own upstream credentials, if sent and wanted. */
export interface Caller {
  readonly name: string;
  readonly scopes: ReadonlySet<string>;
  readonly keys: CallerKeys;
}

export interface CallerKeys {
  readonly argus?: string;
  readonly datadog?: { readonly apiKey: string; readonly appKey: string };
}

/** Always 401 with a constant message: it never says what about the credential was wrong. */
export interface Refusal {
  readonly refused: true;
  readonly message: string;
  readonly wwwAuthenticate: string;
}

export interface Access {
  /** From the HTTP headers alone; never throws. */
  authenticate(headers: IncomingHttpHeaders): Promise<Caller | Refusal>;
}
