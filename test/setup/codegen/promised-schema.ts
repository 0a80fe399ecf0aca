/**
 * `promised.graphql`: what clients were promised, the schema without its descriptions. Additions are taken over; what would
 * break a promise is refused, and has to be taken out of the file by hand.
 */
import { type ASTNode, buildSchema, findBreakingChanges, parse, print, visit } from 'graphql';

const introduction =
  '# The surface that clients are promised: names, nullability and defaults. `npm run codegen` adds to it and takes nothing\n' +
  '# back: a promise is broken here by hand, together with CHANGELOG.md.\n\n';

/** Throws where the schema no longer keeps what was promised. */
export function promisedSchema(schema: string, promised: string): string {
  const broken = findBreakingChanges(buildSchema(promised), buildSchema(schema));
  if (broken.length > 0)
    throw new Error(`schema.graphql breaks promises: ${broken.map(one => one.description).join(' ')}`);
  const bare = visit(parse(schema, { noLocation: true }), {
    enter: node => {
      if (isOfFederation(node)) return null;
      return 'description' in node ? { ...node, description: undefined } : undefined;
    },
    SchemaExtension: () => null,
    Directive: ({ name }) => (name.value === 'deprecated' ? undefined : null),
  });
  return `${introduction}${print(bare)}\n`;
}

/** Its specification promises these. */
const isOfFederation = (node: ASTNode): boolean =>
  node.kind === 'DirectiveDefinition' ||
  ('name' in node && node.kind !== 'NamedType' && /^(link|federation)__/.test(node.name?.value ?? ''));
