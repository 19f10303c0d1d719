# OneStory in production: PostgreSQL and an issuer of your own (compose.yaml shows both). The demo is `npm start`.
FROM node:24-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
# No package here needs its install script; the pinned Node among them is for machines without Node 24.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:24-slim AS viewer
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY bin ./bin
COPY src/viewer ./src/viewer
COPY docs/known-gaps.md ./docs/known-gaps.md
COPY tsconfig.json ./
RUN node bin/build-viewer.mjs

FROM node:24-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080 DATA_DIR=/data
WORKDIR /app
COPY --from=packages /app/node_modules ./node_modules
COPY package.json LICENSE ./
COPY src ./src
COPY --from=viewer /app/dist ./dist
COPY profiles ./profiles
COPY mappings ./mappings
COPY agreements ./agreements
COPY docs/verify-audit.mjs ./docs/
RUN install -d -o node -g node -m 0700 /data
USER node
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/readyz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
STOPSIGNAL SIGTERM
# A container bounds the heap; the young generation must not shrink with it (docs/operating.md, Memory).
CMD ["node", "--max-semi-space-size=32", "src/main.ts"]
