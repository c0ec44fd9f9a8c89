import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { PreviewParts, TemplateSummary } from "../../../../client-sdk/src/contract/templates.ts";
import { CodeSample, CURL } from "../parts/code-sample.tsx";
import { PlusIcon } from "../parts/icons.tsx";
import { ListState } from "../parts/notice.tsx";
import { Page } from "../parts/page.tsx";
import type { Api } from "../rest/api.ts";
import { useAnswer } from "../rest/use-answer.ts";
import { formatRoute } from "../shell/routes.ts";
import { SheetPreview } from "./sheet-preview.tsx";

/** The gallery: what workbooks can be made, each with a picture. */
export function TemplatesPage({ api }: { api: Api }) {
  const templates = useAnswer(useCallback(() => api.templates(), [api]));
  return (
    <Page
      title="Templates"
      about="What a workbook is to be: its tabs, columns, formats, rules and charts. Those that come with Sheetwire can be copied and changed."
      beside={
        <a class="button small at-end" href={formatRoute({ page: "new-template" })}>
          <PlusIcon />
          New template
        </a>
      }
      wide
    >
      <ListState value={templates.value} error={templates.error} empty="There is no template." />
      <ul class="gallery">
        {templates.value?.map((each) => (
          <TemplateCard key={each.id} api={api} about={each} />
        ))}
      </ul>
      <CodeSample
        samples={{
          curl: `${CURL} ${location.origin}/api/v1/export/templates`,
          cli: "sheetwire export templates",
        }}
      />
    </Page>
  );
}

function TemplateCard({ api, about }: { api: Api; about: TemplateSummary }) {
  const { id, name, description, version, ready, tabs } = about;
  return (
    <li data-testid="template" data-id={id}>
      <a href={formatRoute({ page: "template", id })}>
        <Picture api={api} id={id} />
        <strong>{name}</strong>
        <span class="quiet">{description}</span>
        <small class="quiet">
          {ready ? "comes with Sheetwire" : `own, version ${version}`}; {tabs.join(", ")}
        </small>
      </a>
    </li>
  );
}

/** Made when it comes into view; a template of one's own has no data to show. */
function Picture({ api, id }: { api: Api; id: string }) {
  const frame = useRef<HTMLDivElement>(null);
  const [parts, setParts] = useState<PreviewParts | null>(null);
  useEffect(() => {
    const observer = new IntersectionObserver(([entry]) => {
      if (!entry?.isIntersecting) return;
      observer.disconnect();
      void api.previewTemplate(id, {}).then((answer) => {
        if (answer.ok) setParts(answer.value);
      });
    });
    if (frame.current) observer.observe(frame.current);
    return () => observer.disconnect();
  }, [api, id]);
  return (
    <div ref={frame} class="picture" aria-hidden="true">
      {parts ? <SheetPreview parts={parts} small /> : <span class="quiet">no sample data</span>}
    </div>
  );
}
