import { derivedCommandId } from "../../import/derived-command-id.ts";
import type { CommandPath, InputOf } from "../sample-day-client.ts";
import type { DaySize } from "./day-size.ts";

/** A command of the sample day: who sends it, under an id that is the same in every play. */
export interface SampleCommand<Path extends CommandPath = CommandPath> {
  /** Who sends it: somebody who works in the house, or the shop that has sold something. */
  readonly as: string;
  readonly path: Path;
  readonly commandId: string;
  readonly input: InputOf<Path>;
}

/** Commands that are sent one after the other, such as all that is done to one piece. */
export type Script = readonly SampleCommand[];

/** What every part of the day is planned with. */
export interface Planning {
  readonly day: string;
  readonly size: DaySize;
  /** Stands in every reference, so that two days, or two sizes of one, never meet. */
  readonly label: string;
  /** A command whose id follows from the day, its name and what it is about. */
  command<Path extends CommandPath>(
    as: string,
    path: Path,
    about: string,
    input: InputOf<Path>,
  ): SampleCommand<Path>;
}

/** Begins to plan a day. */
export function planningOf(day: string, size: DaySize): Planning {
  const label = size.name === "whole" ? day : `${day}-${size.name}`;
  return {
    ...{ day, size, label },
    command(as, path, about, input) {
      const [, name = path] = path.split(".");
      return { as, path, commandId: derivedCommandId("sample-day", label, name, about), input };
    },
  };
}
