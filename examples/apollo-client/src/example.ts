/** A report as it comes by mail. Its values are in ranges made for documentation; the demo's emulated upstreams know many. */
export const example = `Subject: Incident 4711, beacon from a finance workstation

At 09:14 UTC the host called evil[.]example[.]org and, a minute later, hxxps://evil[.]example[.]org/gate.php?id=7.
The mail that started it came from heron7@example[.]net and led to listed[.]example[.]net, a fake web mail login; its
attachment invoice_v2.1.exe hashes to 275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f and
c683220fd8543e4e0cd2821defbc4cba9f4c0363. One analyst holds that disputed[.]example[.]com was sinkholed in May and
that faded[.]example[.]org is long gone. In the same hour the proxy logged

  seen[.]example[.]com          crowded[.]example[.]org       parked[.]example[.]com        cdn[.]example[.]net
  quiet[.]example[.]com         restricted[.]example[.]org    login[.]shop[.]example[.]net  ocsf[.]example[.]com
  red-wolf-7[.]example[.]net    olive-crow-10[.]test          grey-toad-14[.]example[.]com  red-heron-15[.]example[.]com
  ivory-stoat-24[.]example      coral-otter-23[.]example[.]net  red-stoat-28[.]example[.]org  teal-moth-34[.]example[.]com
  blue-badger-16[.]example[.]net  coral-crow-17[.]example     grey-wolf-26[.]example[.]org  amber-lynx-20[.]test

  192.0.2.1    192.0.2.119    198.51.100.7    198.51.100.21    198.51.100.32    203.0.113.170    203.0.113.236
  10.0.0.53    2001:db8::bad  2001:db8:13::10c  2001:db8:1::110
  hxxp://green-wolf[.]example[.]com/falcon/8    hxxp://ivory-raven[.]example[.]com/crow/10
  4c73671b68f0c5ac430664a005ce6228c5e73ff7      7cf4e4464d6b9178b81b2a9098720274
  2f60c8392a4ba3fde843577167fe172deb04dc468e36937982a94d423d423e26
`;
