// Message templates: numbered or named places in double braces, filled by the agent.

import type { Template } from "./protocol";

const PLACE = /\{\{\s*(\w+)\s*\}\}/g;

/** The template's text with its places filled in order; places without a value keep their braces. */
export function filled(template: Template, parameters: readonly string[]): string {
  const names = [...new Set([...template.body.matchAll(PLACE)].map(([, name]) => name!))];
  return template.body.replace(PLACE, (place, name: string) => parameters[names.indexOf(name)] || place);
}

export const keyOf = ({ name, language }: Template): string => `${name} ${language}`;
