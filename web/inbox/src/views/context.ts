import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Desk } from "../desk";

export const DeskContext = createContext<Desk | null>(null);

/** The signed-in person's desk; only for components under `Workplace`. */
export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (!desk) throw new Error("No desk above this component.");
  return desk;
}
