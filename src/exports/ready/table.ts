import type { TemplateAnswer } from "#contract/templates.ts";

/** Any data as they are: a column for each field. */
export const table: TemplateAnswer = {
  id: "table",
  name: "Table",
  description:
    "Any list of rows: a column for every field, nested fields by their paths, with a filter and bands.",
  version: 1,
  ready: true,
  tabs: [
    {
      id: "table",
      title: "Table",
      tabColor: "#5f6b7a",
      headerStyle: { bold: true, background: "#303a47", color: "#ffffff", vertical: "middle" },
      headerHeight: 32,
      freeze: { rows: 1 },
      filter: true,
      banding: { first: "#ffffff", second: "#f6f7f9" },
    },
  ],
  sample: [
    {
      id: 41,
      name: "Ada Lindqvist",
      joined: "2024-02-12",
      active: true,
      address: { city: "Malmö", country: "SE" },
      tags: ["sales", "lead"],
      website: { text: "Profile", url: "https://example.com/ada" },
    },
    {
      id: 42,
      name: "Bruno Carvalho",
      joined: "2024-09-01",
      active: true,
      address: { city: "Porto", country: "PT" },
      tags: ["support"],
      website: { text: "Profile", url: "https://example.com/bruno" },
    },
    {
      id: 43,
      name: "Chiara Rossi",
      joined: "2025-01-20",
      active: false,
      address: { city: "Torino", country: "IT" },
      tags: [],
      website: null,
    },
    {
      id: 44,
      name: "Dmitri Ozols",
      joined: "2025-06-03",
      active: true,
      address: { city: "Rīga", country: "LV" },
      tags: ["engineering"],
      website: { text: "Profile", url: "https://example.com/dmitri" },
    },
  ],
};
