/** What operations may not ask, beside the rules of GraphQL itself. */
import { type ASTVisitor, GraphQLError, type ValidationContext } from 'graphql';

/** graphql-js finds this out only when it executes, and then it looks like a failure of ours. */
export function rootTypeRule(context: ValidationContext): ASTVisitor {
  return {
    OperationDefinition(node) {
      if (context.getSchema().getRootType(node.operation) != null) return;
      context.reportError(new GraphQLError(`This schema has no ${node.operation}s.`, { nodes: [node] }));
    },
  };
}

const schemaFields: ReadonlySet<string> = new Set(['__schema', '__type', '_service']);

/** Introspection, and `_service { sdl }`, which tells the whole schema as well. A router composes from the file. */
export function noSchemaRule(context: ValidationContext): ASTVisitor {
  return {
    Field(node) {
      if (!schemaFields.has(node.name.value)) return;
      context.reportError(new GraphQLError('The schema is not shown here: INTROSPECTION is off.', { nodes: [node] }));
    },
  };
}
