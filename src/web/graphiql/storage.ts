/**
 * Queries and values are kept for the browser tab only (sessionStorage). Only the appearance is kept longer: theme, open
 * panel, sizes of the panes. Headers that the user types are never stored, because they are credentials.
 */
const lasting = /^graphiql:(theme|visiblePlugin|[a-zA-Z]+Flex)$/;
const prefix = 'graphiql:';

const under = (key: string) => (lasting.test(key) ? localStorage : sessionStorage);
const ours = () =>
  [localStorage, sessionStorage].flatMap(store => Object.keys(store)).filter(key => key.startsWith(prefix));

/** GraphiQL's history stores the headers of each run, even when header persistence is off. */
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
