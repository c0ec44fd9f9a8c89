# The daemon in a container: no root, data in /data, healthy when it serves.
#   docker build -t sheetwire .
#   docker run -p 8787:8787 -v sheetwire-data:/data sheetwire
# The first start's log shows the admin token; later ones name only its file, /data/admin-token.
# The root file system may be read-only: nothing but /data is written.

FROM node:22-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
COPY client-sdk/package.json client-sdk/
COPY google-emulator/package.json google-emulator/
RUN npm install --no-save --omit=dev --no-audit --no-fund
# The pinned Bun that npm brought: where its install script moved it, or in its platform's package.
RUN install -m 0755 "$(find node_modules/bun/bin node_modules/@oven -type f -size +10M | head -n 1)" /usr/local/bin/bun \
  && rm -rf node_modules/bun node_modules/@oven

FROM debian:bookworm-slim
RUN groupadd --gid 10001 sheetwire \
  && useradd --uid 10001 --gid sheetwire --home-dir /data --shell /usr/sbin/nologin sheetwire \
  && install --directory --owner=sheetwire --group=sheetwire --mode=0700 /data
WORKDIR /app
COPY --from=packages /usr/local/bin/bun /usr/local/bin/bun
COPY --from=packages /app/node_modules node_modules
COPY package.json bunfig.toml tsconfig.json LICENSE ./
COPY client-sdk client-sdk
COPY google-emulator google-emulator
COPY demo demo
COPY src src

USER sheetwire
ENV SHEETWIRE_HOST=0.0.0.0 SHEETWIRE_PORT=8787 SHEETWIRE_DATA_DIR=/data SHEETWIRE_DEMO=off
VOLUME /data
EXPOSE 8787
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["bun", "-e", "process.exit((await fetch('http://127.0.0.1:' + (process.env.SHEETWIRE_PORT ?? 8787) + '/healthz')).ok ? 0 : 1)"]
STOPSIGNAL SIGTERM
CMD ["bun", "src/main.ts"]
