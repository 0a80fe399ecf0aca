/**
 * A verdict's sentence without its opening ("evil[.]example[.]org is malicious: "), for a place that shows value and level
 * beside it. A value in quotes may have a colon of its own.
 */
export const explanationIn = (summary: string): string => summary.replace(/^(?:"[^"]*"|[^":]|:(?! ))*: /, '');
