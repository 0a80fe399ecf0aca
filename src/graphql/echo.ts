/** Characters of what a caller sent that are shown to it again. */
export const maxEcho = 8 * 1024;
export const cut = (text: string): string =>
  text.length > maxEcho ? `${text.slice(0, maxEcho).toWellFormed()}…` : text;
