/** Entry of the pages: the list at "/", a workbook at "/workbook/{id}". */
import { openHome } from "./home.ts";
import { openWorkbook } from "./workbook.ts";

const app = document.getElementById("app");
const [, page, id] = location.pathname.split("/");
if (app && page === "workbook" && id) openWorkbook(app, decodeURIComponent(id));
else if (app) openHome(app);
