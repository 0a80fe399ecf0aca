/** How the beginning of a URL is spelled: whole, defanged or broken. Pure. */

const list = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/u));

/** Schemes whose empty path is the path `/` (RFC 3986, 6.2.3). */
export const schemesWithPath = list('http https ws wss ftp');

/** The schemes with which indicators are really written. Any other word before `://` is a mistake, or a defanging unknown to us. */
const realSchemes = list(`
  http https ws wss ftp ftps sftp tftp file smb nfs ssh telnet rdp vnc ldap ldaps rmi iiop dns tcp udp irc ircs gopher
  git svn rtsp rtsps rtmp mms sip sips stratum stratum+tcp stratum+ssl socks4 socks5 imap imaps pop3 pop3s smtp smtps
  mqtt mqtts amqp amqps redis rediss mysql postgres postgresql mongodb mongodb+srv magnet ipfs
`);

/**
 * http, https or ftp with signs in place of letters, with letters that are missing, doubled or out of order: hxxp, h**p,
 * h00p, htxp, hppt, ttp, hxxxp, xhttp, xxxx, fxp; and meow, which some write.
 */
const likeHttp = /^(?:meow|(?=x?h|.*(?:t[tpx]|xx|\*\*|00|__))[htpx*0_]{2,7})$/u;
const likeFtp = /^f+[tx*0_][tpx*0_]{0,3}$/u;

/** In httpx and hxxxx a sign may stand for the s of https or for nothing: two URLs, and no telling which. */
const isAmbiguous = (word: string): boolean => /^h.*p[x*0_]$|^.{4,}[x*0_]$/u.test(word);

/** Returns undefined for a word that is no scheme, nor one of the known ways to defang http, https and ftp. */
export function plainScheme(word: string): string | undefined {
  const lower = word.toLowerCase();
  if (realSchemes.has(lower)) return lower;
  const stem = lower.replace(/s+$/u, '');
  const isSecure = stem !== lower;
  if (!isSecure && isAmbiguous(lower)) return undefined;
  const plain = likeHttp.test(stem) ? 'http' : likeFtp.test(stem) ? 'ftp' : undefined;
  return plain === undefined ? undefined : `${plain}${isSecure ? 's' : ''}`;
}

// No flag u: with it, i would match the Kelvin sign (U+212A) as a k.
const wholeBeginning = /^([a-z*][\w*+.-]{0,23})(:\/\/)(?=[^\s/\\])/i;
const brokenBeginning =
  /^([[({]?[a-z*][\w*+.\-[\](){}]{0,23}?)((?:[[({\])}\s]{0,3}[:/\\]){1,4}[\])}\s]{0,3})(?=[^\s/\\])/i;
const withoutBrackets = (text: string): string => text.replace(/[[\](){}\s]/g, '');

/** `http:evil.example.org` and `http//evil.example.org` can be nothing else; `tp:` and `hp//` can. */
const isCertain = (word: string): boolean => /^(?:h..ps?|fxp|ftps?)$/i.test(word);

function meansSeparator(signs: string, word: string): boolean {
  if (signs === '://') return true;
  // file:///etc/passwd is on one's own machine.
  if (/^file$/i.test(word)) return false;
  if (plainScheme(word) === undefined) return false;
  return signs === ':///' || signs === ':\\\\' || (isCertain(word) && /^(?:\/\/|:[/\\]?)$/.test(signs));
}

/** Writes the beginning of a URL as it is meant: `[http]://`, `http//`, `hxxps[:]///` and `http:\\` become `http://`. */
export function withPlainScheme(text: string): string {
  if (!/[:/\\]/.test(text)) return text;
  const [head = '', spelled = '', signs = ''] = wholeBeginning.exec(text) ?? brokenBeginning.exec(text) ?? [];
  const [word, separator] = [withoutBrackets(spelled), withoutBrackets(signs)];
  const opensBefore = /^[[({]/.test(head) && !/[\])}]/.test(head);
  if (opensBefore || !meansSeparator(separator, word)) return text;
  const rest = text.slice(head.length);
  return `${plainScheme(word) ?? word}://${separator.includes('\\') ? rest.replaceAll('\\', '/') : rest}`;
}
