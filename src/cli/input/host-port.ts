const hostAndPort = /^(?:([^\s/:@]+[.\])][^\s/:@]+)|\[([\da-f:.]+)\]):\d{1,5}$/iu;

/** The host of `192.0.2.1:443`, `evil[.]example[.]org:80` or `[2001:db8::1]:443`; any other text as it is. */
export function withoutPort(text: string): string {
  const [, host, ipv6] = hostAndPort.exec(text) ?? [];
  return host ?? ipv6 ?? text;
}
