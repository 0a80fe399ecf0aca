/** A report as it arrives by mail, with values that the demo's emulated upstreams know and documentation ranges. */
export const example = `Subject: Incident 4711, beacon from finance

At 09:14 UTC a workstation called hxxps://login.evil-example[.]com/gate?id=1 and then 198.51.100.7.
`;
