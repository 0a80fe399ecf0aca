/** Loaded before a program: an older Node would only name the error that it makes of TypeScript. */
if (!process.features.typescript) {
  process.stderr.write(
    `Node 24 is missing: Node ${process.versions.node} does not run TypeScript. ` +
      '`npm ci` installs it, but not with --ignore-scripts or --omit=dev.\n',
  );
  process.exit(2);
}
