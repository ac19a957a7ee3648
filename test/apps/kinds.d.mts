export const kinds: readonly { readonly kind: string }[];
