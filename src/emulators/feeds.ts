/** `malicious_sources` and its like in Datadog's answers. */
export const feeds = (...names: readonly string[]): readonly { readonly name: string }[] =>
  names.map(name => ({ name }));
