# The daemon in a container: no root, data in /data, healthy when it serves.
#   docker build -t sheetwire .
#   docker run -p 8787:8787 -v sheetwire-data:/data sheetwire
# The root file system may be read-only: nothing but /data is written.

FROM node:22-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
COPY client-sdk/package.json client-sdk/
COPY google-emulator/package.json google-emulator/
RUN npm install --no-save --omit=dev --no-audit --no-fund

FROM debian:bookworm-slim
RUN groupadd --gid 10001 sheetwire \
  && useradd --uid 10001 --gid sheetwire --home-dir /data --shell /usr/sbin/nologin sheetwire \
  && install --directory --owner=sheetwire --group=sheetwire --mode=0700 /data
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY package.json bunfig.toml tsconfig.json LICENSE ./
COPY client-sdk client-sdk
COPY google-emulator google-emulator
COPY demo demo
COPY src src
# The platform's Bun that npm brought, whichever it is.
RUN set -eu; for bun in node_modules/@oven/*/bin/bun; do "$bun" --version && ln -sf "/app/$bun" /usr/local/bin/bun && break; done

USER sheetwire
ENV SHEETWIRE_HOST=0.0.0.0 SHEETWIRE_PORT=8787 SHEETWIRE_DATA_DIR=/data
VOLUME /data
EXPOSE 8787
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["bun", "-e", "process.exit((await fetch('http://127.0.0.1:' + (process.env.SHEETWIRE_PORT ?? 8787) + '/healthz')).ok ? 0 : 1)"]
STOPSIGNAL SIGTERM
CMD ["bun", "src/main.ts"]
