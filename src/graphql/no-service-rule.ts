import { type ASTVisitor, GraphQLError, type ValidationContext } from 'graphql';

/** `_service { sdl }` tells the whole schema: where introspection is off, so is it. A router composes from the file. */
export function noServiceRule(context: ValidationContext): ASTVisitor {
  return {
    Field(field) {
      if (field.name.value !== '_service') return;
      context.reportError(new GraphQLError('The schema is not shown here: introspection is off.', { nodes: [field] }));
    },
  };
}
