/** What a link into this page can carry: `?query=`, `?variables=` (JSON text), `?operationName=`. It fills; it never runs. */
export interface LinkedOperation {
  readonly query?: string | undefined;
  readonly variables?: string | undefined;
  readonly operationName?: string | undefined;
}

export function readAddress(search: string): LinkedOperation {
  const given = new URLSearchParams(search);
  return {
    query: given.get('query') ?? undefined,
    variables: pretty(given.get('variables')),
    operationName: given.get('operationName') ?? undefined,
  };
}

/** JSON laid out over lines; anything else unchanged, so that its author can correct it. */
function pretty(text: string | null): string | undefined {
  if (text === null) return undefined;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
