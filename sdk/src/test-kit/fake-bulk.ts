import { FakeFault, reportOf } from "./fake-faults.ts";

interface BulkCommand {
  readonly command: string;
  readonly commandId: string;
  readonly lane: string;
  readonly input: unknown;
}

/** Runs one command of many; throws a `FakeFault` where it fails. */
export type RunOne = (command: BulkCommand) => Promise<object>;

/**
 * Answers many commands, each for itself, in the order given. One that fails for a while holds back
 * the rest of its lane.
 */
export async function answerBulk(body: string, runOne: RunOne): Promise<object[]> {
  const { commands } = JSON.parse(body) as { commands: readonly BulkCommand[] };
  const heldBack = new Set<string>();
  const answers: object[] = [];
  for (const command of commands) {
    const { lane } = command;
    const answer = heldBack.has(lane) ? { fault: notTried } : await attempt(command, runOne);
    if (!("fault" in answer)) {
      answers.push(answer);
      continue;
    }
    const error = reportOf(answer.fault as FakeFault);
    if (error.data.retryable) heldBack.add(lane);
    answers.push({ error });
  }
  return answers;
}

const notTried = new FakeFault(
  "UNAVAILABLE",
  "One before it in its lane failed, so this was not tried.",
  { hint: "Send it again with the one before it." },
);

async function attempt(command: BulkCommand, runOne: RunOne): Promise<object> {
  try {
    return await runOne(command);
  } catch (fault) {
    if (fault instanceof FakeFault) return { fault };
    throw fault;
  }
}
