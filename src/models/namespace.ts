/** The contents of the namespace `mlflow.models`. */
export { type LangChainModel, ModelConfig, setModel } from "./set-model.js";
export { inferSignature } from "./signature/infer-signature.js";
export { ModelSignature, type SignatureDict } from "./signature/model-signature.js";
export { ParamSchema, type ParamSpec } from "./signature/param-schema.js";
export { type ColSpec, Schema, type TensorSpec } from "./signature/schema.js";
export type { DataType, ObjectType, Property, SchemaType } from "./signature/schema-type.js";
