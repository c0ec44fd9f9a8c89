import { toOpenAPISchema } from "@elysiajs/openapi";
import { type AnyElysia, Elysia } from "elysia";

/**
 * The OpenAPI document of all routes of `app`, made from the very schemas that requests are checked with. Routes of
 * the viewer itself are left out.
 */
export function openApiDocument(app: AnyElysia, version: string): object {
  const { paths, components } = toOpenAPISchema(app, { staticFile: false, paths: /^\/docs/ });
  return {
    openapi: "3.1.0",
    info: {
      title: "Sheetwire",
      version,
      description: "Spreadsheets and feeds as live documents: the registry of sources, and their rows.",
    },
    paths,
    components: {
      ...components,
      securitySchemes: {
        token: {
          type: "http",
          scheme: "bearer",
          description: "The admin token, an API token or a signed one.",
        },
      },
    },
  };
}

/** Swagger UI runs styles of its own making, but no script besides these files, and talks to this daemon only. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const PAGE = `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Sheetwire API</title>
  <link rel="icon" href="data:,">
  <link rel="stylesheet" href="docs/swagger-ui.css">
  <script src="docs/swagger-ui-bundle.js" defer></script>
  <script src="docs/start.js" defer></script>
</head>
<body><div id="api"></div></body>
</html>
`;

/** validatorUrl null: else every page view tells a public validator where this daemon is. */
const START = `window.ui = SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#api",
  deepLinking: true,
  docExpansion: "list",
  tryItOutEnabled: true,
  persistAuthorization: false,
  validatorUrl: null,
});
`;

const ASSETS = {
  "swagger-ui.css": "text/css; charset=utf-8",
  "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
} as const;

/** /openapi.json and its viewer. They hold nothing of this installation, so they need no token. */
export function docsRoutes({ document }: { document: () => object }) {
  const detail = { hide: true };
  const app = new Elysia({ name: "docs" })
    .get("/openapi.json", () => Response.json(document()), {
      detail: {
        tags: ["Operation"],
        summary: "This document",
        responses: { 200: { description: "OpenAPI 3.1.", content: { "application/json": {} } } },
      },
    })
    .get("/docs", () => page(PAGE, "text/html; charset=utf-8"), { detail })
    .get("/docs/start.js", () => page(START, "text/javascript; charset=utf-8"), { detail });
  for (const [name, type] of Object.entries(ASSETS)) {
    const file = Bun.file(new URL(import.meta.resolve(`swagger-ui-dist/${name}`)));
    app.get(`/docs/${name}`, () => page(file, type), { detail });
  }
  return app;
}

function page(body: string | Blob, type: string): Response {
  return new Response(body, {
    headers: {
      "Content-Type": type,
      "Content-Security-Policy": CONTENT_SECURITY_POLICY,
      "Cache-Control": "public, max-age=3600",
    },
  });
}
