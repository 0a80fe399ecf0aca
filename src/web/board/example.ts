/** A report as it arrives by mail. Its values are from documentation ranges; the demo's data set has many of them. */
export const example = `Subject: Incident 4711, beacon from a finance workstation

At 09:14 UTC the host called evil[.]example[.]org and, a minute later, hxxps://evil[.]example[.]org/gate.php?id=7.
The mail that started it came from toad4@example[.]net and led to listed[.]example[.]net, a fake web mail login; its
attachment invoice_v2.1.exe hashes to 275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f and
25d7f82ba7c024e990d7d6260cd41c6d5e915281. One analyst holds that disputed[.]example[.]com was sinkholed in May and
that faded[.]example[.]org is long gone. In the same hour the proxy logged

  seen[.]example[.]com             crowded[.]example[.]org          parked[.]example[.]com
  cdn[.]example[.]net              quiet[.]example[.]com            restricted[.]example[.]org
  login[.]shop[.]example[.]net     ocsf[.]example[.]com             black-gecko-29[.]example[.]com
  green-stoat-38[.]example         green-moth-56[.]example[.]org    white-gecko-57[.]example[.]org
  silver-crow-16[.]example         blue-moth-30[.]example[.]org     ivory-heron-17[.]example
  olive-wolf-7[.]example           grey-stoat-8[.]example[.]net     teal-heron-11[.]test
  blue-toad-20[.]example[.]net     red-raven-24[.]example

  192.0.2.1    192.0.2.134    192.0.2.173    198.51.100.7    198.51.100.100    198.51.100.247    203.0.113.21
  10.0.0.53    2001:db8::bad  2001:db8:3::112  2001:db8:4::113
  hxxp://teal-wolf[.]example[.]com/otter/6      hxxp://olive-badger[.]example[.]com/badger/8
  3d544c9ccd7abb71b1cabc1832b7bbebc20c88a7      c21541b35075f9b849756264e8ce11ce
  19339fb728cc2597cddc742ce7f8d911
`;
