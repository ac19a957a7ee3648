import type { Samples, ValidCall } from "./public-calls.js";

const DATASET_ID: Samples = [`d-${"0".repeat(32)}`];
const IDS: Samples = ["0", ["0"]];

/** Valid calls of the functions for datasets. */
export const DATASET_CALLS: Readonly<Record<string, ValidCall>> = {
  "genai.createDataset": {
    args: {},
    options: { name: ["a"], experimentId: IDS, experimentIds: IDS, tags: [{ team: "docs", n: 1 }] },
    required: ["name"],
  },
  "genai.getDataset": {
    args: {},
    options: { name: ["a"], datasetId: DATASET_ID, version: [1] },
    required: ["datasetId"],
  },
  "genai.deleteDataset": {
    args: {},
    options: { name: ["a"], datasetId: DATASET_ID },
    required: ["datasetId"],
  },
  "genai.searchDatasets": {
    args: {},
    options: {
      ...{ experimentIds: IDS, experimentNames: [["Default"]], filter: ["name = 'a'"] },
      ...{ filterString: ["name = 'a'"], orderBy: [[]], maxResults: [5] },
    },
  },
  "genai.setDatasetTags": {
    args: {},
    options: { datasetId: DATASET_ID, tags: [{ a: null, b: 1 }] },
    required: ["datasetId", "tags"],
  },
  "genai.deleteDatasetTag": {
    args: {},
    options: { datasetId: DATASET_ID, key: ["a"] },
    required: ["datasetId", "key"],
  },
  "genai.addDatasetToExperiments": {
    args: {},
    options: { datasetId: DATASET_ID, experimentIds: IDS },
    required: ["datasetId", "experimentIds"],
  },
  "genai.removeDatasetFromExperiments": {
    args: {},
    options: { datasetId: DATASET_ID, experimentIds: IDS },
    required: ["datasetId", "experimentIds"],
  },
};
