/** Sets a field of any name. A plain assignment to `__proto__` would change the object's class. */
export function setField(object: object, name: string, value: unknown): void {
  const how = { value, enumerable: true, configurable: true, writable: true };
  Object.defineProperty(object, name, how);
}
