/** Which columns and fields hold indicators: by their names, and by what is in them. Pure. */

const indicatorNames = new Set(
  (
    'indicator indicators indicatorvalue ioc iocs iocvalue value observable observablevalue artifact ' +
    'ip ips ipaddress ipaddr ipv4 ipv6 srcip dstip destip sourceip destinationip dstipaddress srcipaddress cidr network ' +
    'domain domains domainname fqdn hostname host url urls uri email emailaddress mail sender ' +
    'hash hashes filehash md5 md5hash filemd5 sha1 sha1hash filesha1 sha256 sha256hash filesha256 sha512 sha512hash filesha512'
  ).split(' '),
);

/** What an indicator comes from or is called, though it may look like one. */
const otherNames =
  /^(?:references?|refs?|sources?|source(?:ref|url|name)?|.*link|links|permalink|report\w*|reporter|author|description|comments?|notes?|filename|file|name|title|tags?|detections?|signature|malware.*|family|threat.*|.*version)$/;

const plainName = (name: string) => name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');

export const isIndicatorName = (name: string): boolean => indicatorNames.has(plainName(name));

const dot = String.raw`(?:\.|\[\.\]?|\.\]|\(\.\)|\{\.\}|[[({]dot[\])}])`;
const looks = new RegExp(
  [
    '[\\da-f]{32}(?:[\\da-f]{8}|[\\da-f]{32}|[\\da-f]{96})?',
    `\\d{1,3}(?:${dot}\\d{1,3}){3}(?:[:/]\\d{1,5})?`,
    String.raw`(?=.*(?:::|(?:[\da-f]+:){7}))[\da-f:.]+(?:/\d{1,3})?`,
    String.raw`[a-z*][a-z\d+.*-]{0,20}\[?:\]?\[?//\S+`,
    `[^\\s/@]+@[^\\s/@]+${dot}[^\\s/@]+`,
    `[\\p{L}\\d_-]+(?:${dot}[\\p{L}\\d_-]+)*${dot}\\p{L}[\\p{L}\\d-]+(?::\\d{1,5})?`,
  ].join('|'),
  'iu',
);
const looksLikeIndicator = new RegExp(`^(?:${looks.source})$`, 'iu');

export const isLikeIndicator = (text: string): boolean => text.length < 4_096 && looksLikeIndicator.test(text);

/** Whether text that is more than an indicator may hold one. The gateway says whether it does. */
export const mentionsIndicator = (text: string): boolean => text.split(/[\s"'`<>,;|=]+/u).some(isLikeIndicator);

/** What is called so is left alone, whatever is in it. */
export const isOtherName = (name: string): boolean => otherNames.test(plainName(name));

/** `share`: how much of what is in the column or field looks like indicators. */
export const holdsIndicators = (name: string, share: number): boolean =>
  isIndicatorName(name) || (share > 0.5 && !isOtherName(name));
