import { styleText } from "node:util";

export type Style = "bold" | "dim" | "red" | "cyan";
export type Paint = (style: Style, text: string) => string;

/** Whether there are colours was decided by who calls: the environment is not asked again. */
export function painter(colours: boolean): Paint {
  return (style, text) => (colours ? styleText(style, text, { validateStream: false }) : text);
}
