# syntax=docker/dockerfile:1

# The same release as the `node` dev dependency of package.json; a test compares the two.
FROM node:24.21.0-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
WORKDIR /production
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund --prefer-offline \
 && find node_modules -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.cts' -o -name '*.d.mts' \) -delete
WORKDIR /build
COPY . .
# Builds the web pages only: Node runs the server's TypeScript directly. The image needs the built pages, not their sources.
RUN npm run build --if-present && mkdir -p dist && rm -rf src/web

FROM node:24.21.0-slim
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Indicator Gateway" \
      org.opencontainers.image.description="One GraphQL answer about any indicator of compromise, joined across Datadog IoC Explorer and mnemonic Argus Reputation" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
# What the program never calls, an intruder need not find.
RUN rm -rf /usr/local/lib/node_modules /usr/local/include /usr/local/bin/npm /usr/local/bin/npx \
      /usr/local/bin/corepack /usr/local/bin/yarn /usr/local/bin/yarnpkg /opt/yarn-*
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000
WORKDIR /app
# Owned by root and never written to: the tree may be mounted read-only.
COPY --from=build /production/node_modules ./node_modules
COPY --from=build /build/package.json /build/schema.graphql /build/LICENSE ./
COPY --from=build /build/dist ./dist
COPY --from=build /build/src ./src
USER 65532:65532
EXPOSE 4000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.ADMIN_PORT || process.env.PORT) + '/livez').then(answer => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# Node itself is process 1 and hears SIGTERM. The emulators: `docker run IMAGE src/emulators/main.ts`.
ENTRYPOINT ["node"]
# A young heap of this size: larger ones are somewhat faster and take more memory (bench/README.md).
CMD ["--max-semi-space-size=16", "src/main.ts"]
