import { invalidParameter, MlflowException } from "../base/errors.js";
import type { DatasetStore, StoredDataset } from "../store/dataset-store.js";
import { collectPages } from "../store/pages.js";

/** Which dataset: pass its id, or its name if no other dataset has it. */
export interface DatasetName {
  readonly name?: string;
  readonly datasetId?: string;
}

/** @throws MlflowException RESOURCE_DOES_NOT_EXIST, or INVALID_PARAMETER_VALUE if the name is not unique. */
export async function findDataset(
  store: DatasetStore,
  caller: string,
  { name, datasetId }: DatasetName,
): Promise<StoredDataset> {
  if ((name === undefined) === (datasetId === undefined)) {
    throw invalidParameter(
      name === undefined
        ? `${caller}: Either \`name\` or \`datasetId\` must be provided.`
        : `${caller}: Cannot specify both \`name\` and \`datasetId\`. Use only one of them.`,
    );
  }
  const found =
    name === undefined ? await store.getDataset(datasetId ?? "") : await findByName(store, name);
  if (found) return found;
  const what = name === undefined ? `id '${datasetId}'` : `name '${name}'`;
  throw new MlflowException(`Dataset with ${what} not found.`, "RESOURCE_DOES_NOT_EXIST");
}

async function findByName(store: DatasetStore, name: string): Promise<StoredDataset | undefined> {
  const [found, other] = await datasetsOfName(store, name);
  if (!found || !other) return found;
  throw invalidParameter(
    `Multiple datasets found with name '${name}'. Use \`datasetId\` for unambiguous retrieval, for example ${found.datasetId} or ${other.datasetId}.`,
  );
}

/** All datasets with this name, the newest first. */
export function datasetsOfName(store: DatasetStore, name: string): Promise<StoredDataset[]> {
  return collectPages("datasets", async (pageToken) => {
    const query = { filter: nameFilter(name), ...(pageToken && { pageToken }) };
    const { items, ...next } = await store.searchDatasets(query);
    return { items: items.filter((dataset) => dataset.name === name), ...next };
  });
}

/** A quote would end the text: in a name with both kinds of quotes, `_` stands for any character. */
function nameFilter(name: string): string {
  if (!name.includes('"')) return `name = "${name}"`;
  return name.includes("'") ? `name LIKE '${name.replaceAll("'", "_")}'` : `name = '${name}'`;
}
