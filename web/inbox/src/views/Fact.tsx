import type { ComponentChildren, JSX } from "preact";

/** One line of a list of facts. */
export function Fact({ name, children }: { name: string; children: ComponentChildren }): JSX.Element {
  return (
    <div class="fact">
      <dt>{name}</dt>
      <dd class="number">{children}</dd>
    </div>
  );
}
