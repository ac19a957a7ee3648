import type { Locator, Page } from "playwright-core";

/** A span as MLflow's tree shows it. */
export interface ShownSpan {
  readonly depth: number;
  readonly name: string;
  /** Duration, tokens and cost, as they stand below the name. */
  readonly figures: readonly string[];
}

/** What MLflow's UI remembers of a user who was here before: no greeting covers the page. */
export const BEEN_HERE = {
  "mlflow.detectIssues.guidanceShown_v1": "true",
  "mlflow.assistant.fab.autoOpenedOnFirstLoad_v1": "true",
} as const;

/** What MLflow's own pages report, with whatever traces or none. */
export const ERRORS_OF_MLFLOW = [
  /404 .*\/mlflow\/users\/current$/, // Asked of a server without accounts.
  /500 .*\/mlflow\/(traces\/metrics|datasets\/search)$/, // A file store does not have them.
  /ResizeObserver loop completed with undelivered notifications/, // The layout of its panels.
];

/** Opens an experiment's list of traces, with the names of the traces as a column. */
export async function openTraceList(page: Page, url: string, experimentId: string): Promise<void> {
  await page.goto(`${url}/#/experiments/${experimentId}/traces`);
  await page.getByRole("button", { name: "Display" }).click();
  await page.getByRole("menuitem", { name: "Columns" }).click();
  await page.getByRole("menuitemcheckbox", { name: "Trace name" }).click();
  await page.getByRole("columnheader", { name: "Trace name" }).waitFor({ state: "attached" });
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
}

/** The rows of the list from top to bottom, each by the titles of the columns. */
export async function shownTraces(page: Page): Promise<Record<string, string>[]> {
  const titles = (await page.getByRole("columnheader").allInnerTexts()).map((text) => text.trim());
  const rows = await traceRows(page).all();
  return Promise.all(
    rows.map(async (row) => {
      const cells = await row.getByRole("cell").allInnerTexts();
      return Object.fromEntries(titles.map((title, index) => [title, cells[index]?.trim() ?? ""]));
    }),
  );
}

/** Opens the trace in that row of the list, counted from 0. */
export async function openTrace(page: Page, row: number): Promise<Locator> {
  await traceRows(page).nth(row).getByRole("link").first().click();
  const panel = page.getByRole("dialog");
  await treeNodes(panel).first().waitFor();
  return panel;
}

export async function closeTrace(panel: Locator): Promise<void> {
  await panel.getByRole("button", { name: "Close trace panel" }).click();
  await panel.waitFor({ state: "detached" });
  // The address follows later, and would take a trace along that is opened meanwhile.
  await panel.page().waitForURL((url) => !url.href.includes("traceId"));
}

/** The span tree from top to bottom; how deep a span is can only be seen by where its icon stands. */
export async function shownTree(panel: Locator): Promise<ShownSpan[]> {
  const spans = await Promise.all(
    (await treeNodes(panel).all()).map(async (node) => ({
      x: (await node.getByTestId(/^span-icon-/).boundingBox())?.x ?? Number.NaN,
      name: (await shownIn(node.getByTestId(/^span-title-row-/))).join(" "),
      figures: await shownIn(node.getByTestId(/^span-metric-row-/)),
    })),
  );
  const steps = [...new Set(spans.map(({ x }) => x))].sort((a, b) => a - b);
  return spans.map(({ x, name, figures }) => ({ depth: steps.indexOf(x), name, figures }));
}

/** Selects the first or last span of that name. */
export async function selectSpan(
  panel: Locator,
  name: string,
  which: "first" | "last" = "first",
): Promise<void> {
  await treeNodes(panel).getByText(name, { exact: true })[which]().click();
}

/** Selects a tab beside the tree: `Inputs / Outputs`, `Attributes`, `Events`. */
export async function selectTab(panel: Locator, name: string): Promise<void> {
  await panel.getByRole("tab", { name }).click();
}

/** What stands in the open tab, line by line. */
export async function shownLines(panel: Locator): Promise<string[]> {
  return shownIn(panel.getByRole("tabpanel"));
}

const traceRows = (page: Page) => page.getByRole("row").filter({ has: page.getByRole("cell") });

const treeNodes = (panel: Locator) => panel.getByTestId(/^timeline-tree-node-/);

/** As people read it: with the line breaks of the layout, which the text content does not have. */
async function shownIn(place: Locator): Promise<string[]> {
  const texts = await place.allInnerTexts();
  const lines = texts.flatMap((text) => text.split("\n")).map((line) => line.trim());
  return lines.filter(Boolean);
}
