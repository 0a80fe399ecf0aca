/**
 * What somebody looked up stays in this browser tab and ends with it (sessionStorage). Only how the page looks outlives it:
 * theme, open panel, sizes of the panes. Typed headers are kept nowhere: they are credentials.
 */
const lasting = /^graphiql:(theme|visiblePlugin|[a-zA-Z]+Flex)$/;
const prefix = 'graphiql:';

const under = (key: string) => (lasting.test(key) ? localStorage : sessionStorage);
const ours = () =>
  [localStorage, sessionStorage].flatMap(store => Object.keys(store)).filter(key => key.startsWith(prefix));

/** The history would keep the headers of each run, whatever GraphiQL is told about persisting them. */
const withoutHeaders = (value: string) =>
  JSON.stringify(JSON.parse(value), (name, part) => (name === 'headers' ? undefined : part));

export const storage = {
  getItem: (key: string) => under(key).getItem(key),
  setItem: (key: string, value: string) =>
    under(key).setItem(key, /^graphiql:(queries|favorites)$/.test(key) ? withoutHeaders(value) : value),
  removeItem: (key: string) => under(key).removeItem(key),
  get length() {
    return ours().length;
  },
  clear: () => {
    for (const key of ours()) under(key).removeItem(key);
  },
};
