/** The looks of a preview that no template decides. */
export const PAGE_CSS = `*{box-sizing:border-box}
body{margin:0}
.page{font:13px/1.4 Roboto,"Helvetica Neue",Arial,sans-serif;color:#1f2933;background:#eef1f5;display:flex;flex-direction:column;min-height:100vh}
header{display:flex;align-items:baseline;gap:16px;flex-wrap:wrap;padding:16px 22px 12px;background:#fff;border-bottom:1px solid #dde3ea}
h1{font-size:18px;font-weight:600;margin:0}
.facts{margin:0;color:#6b7785;font-size:12px}
.notice{margin:0;padding:8px 22px;background:#fff7e0;border-bottom:1px solid #f0e2b4;color:#6b5200}
.pick{position:absolute;opacity:0;pointer-events:none}
main{flex:1;background:#fff}
.sheet{display:none}
.scroll{overflow:auto;max-height:72vh}
table{border-collapse:separate;border-spacing:0;table-layout:fixed}
td,th{border:0 solid #dfe4ea;border-right-width:1px;border-bottom-width:1px}
td{padding:3px 8px;height:26px;white-space:nowrap;overflow:hidden;text-overflow:ellipsis;vertical-align:middle}
th{background:#f5f7f9;color:#5d6875;font-weight:400;font-size:11px;text-align:center}
thead th{position:sticky;top:0;z-index:2;height:22px}
tbody th{position:sticky;left:0;z-index:1}
.head{margin-right:4px}
.filter{float:right;opacity:.65;font-size:11px}
.noted{position:relative}
.noted::after{content:"";position:absolute;top:0;right:0;border:5px solid transparent;border-top-color:#f5b400;border-right-color:#f5b400}
.edge{border-right:2px solid #b4bec9}
.under{border-bottom:2px solid #b4bec9}
.sum{border-top:2px solid #9aa6b4}
.typed{color:#5d6875;font:11px/1.4 ui-monospace,Menlo,Consolas,monospace}
.choice{display:inline-block;max-width:100%;overflow:hidden;text-overflow:ellipsis;vertical-align:middle}
.box{font-size:16px;line-height:1;color:#4a5568}
a{color:#1a5fb4}
.more{margin:0;padding:10px 22px;color:#6b7785}
.charts{display:flex;flex-wrap:wrap;gap:18px;padding:22px}
.chart{margin:0;width:620px;max-width:100%;background:#fff;border:1px solid #dde3ea;border-radius:8px}
.chart svg{display:block;width:100%;height:auto}
.chart-title{font-size:16px;font-weight:600;fill:#1f2933}
.tick{font-size:11px;fill:#5d6875}
.legend{font-size:12px;fill:#333e4a}
.lock{width:9px;height:11px;fill:#5d6875;margin-left:4px}
.mute{font-size:13px;fill:#5d6875}
.rule{stroke:#e6eaef}
.axis{stroke:#8d99a6}
nav{display:flex;gap:2px;padding:0 16px;background:#eef1f5;border-top:1px solid #d0d7df;overflow-x:auto;position:sticky;bottom:0;z-index:3}
.name{padding:8px 16px 9px;border-top:3px solid #c5ccd6;background:#e3e8ee;cursor:pointer;white-space:nowrap;color:#3b4754}`;

/** Which tab is shown: the page has no script to say so. */
export function tabCss(tabs: number): string {
  const each = Array.from(
    { length: tabs },
    (_, at) =>
      `#pick${at}:checked~main .s${at}{display:block}\n` +
      `#pick${at}:checked~nav [for=pick${at}]{background:#fff;font-weight:600;color:#111}\n` +
      `#pick${at}:focus-visible~nav [for=pick${at}]{outline:2px solid #1a5fb4}`,
  );
  return each.join("\n");
}
