export class EvaluationDataset {}
