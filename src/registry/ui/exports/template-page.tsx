import { useCallback, useState } from "preact/hooks";
import type { SourceAnswer } from "../../../../client-sdk/src/contract/rest.ts";
import type { TemplateAnswer } from "../../../../client-sdk/src/contract/templates.ts";
import { Confirm } from "../parts/dialog.tsx";
import { Alert } from "../parts/notice.tsx";
import { Page } from "../parts/page.tsx";
import { refusalWords } from "../parts/words.ts";
import type { Api } from "../rest/api.ts";
import { useAnswer } from "../rest/use-answer.ts";
import { formatRoute } from "../shell/routes.ts";
import { goTo } from "../shell/use-route.ts";
import { TryTemplate } from "./try-template.tsx";

const BACK = { href: formatRoute({ page: "templates" }), words: "Templates" };

/** One template: how it looks with its sample or with data of one's own, and what can be made of it. */
export function TemplatePage(props: { api: Api; id: string; sources: readonly SourceAnswer[] }) {
  const { api, id } = props;
  const { value, error } = useAnswer(useCallback(() => api.template(id), [api, id]));
  if (!value) {
    return (
      <Page title="Template" back={BACK}>
        {error ? <Alert>{refusalWords(error)}</Alert> : <p class="quiet">Loading ...</p>}
      </Page>
    );
  }
  return (
    <Page title={value.name} back={BACK} about={value.description} wide>
      <TemplateActs api={api} template={value} />
      <TryTemplate api={api} template={value} sources={props.sources} />
    </Page>
  );
}

function TemplateActs({ api, template }: { api: Api; template: TemplateAnswer }) {
  const { id, name, version, ready } = template;
  const [removing, setRemoving] = useState(false);
  return (
    <div class="export-foot">
      <a class="button primary" href={formatRoute({ page: "new-export", template: id })}>
        Make a workbook with it
      </a>
      <a class="button" href={formatRoute({ page: "new-template", from: id })}>
        {ready ? "Copy and change it" : "Change it"}
      </a>
      {!ready && (
        <button type="button" class="danger" onClick={() => setRemoving(true)}>
          Delete
        </button>
      )}
      <span class="quiet">
        <code>{id}</code>, version {version}
        {ready && ", comes with Sheetwire"}
      </span>
      {removing && (
        <Confirm
          title={`Delete the template ${name}?`}
          act="Delete all its versions"
          doing="Deleting ..."
          perform={() => api.removeTemplate(id)}
          onDone={() => goTo({ page: "templates" }, { replace: true })}
          onClose={() => setRemoving(false)}
        >
          <p>
            Workbooks that were made with it stay; they can be updated again once it is made anew under its
            id.
          </p>
        </Confirm>
      )}
    </div>
  );
}
