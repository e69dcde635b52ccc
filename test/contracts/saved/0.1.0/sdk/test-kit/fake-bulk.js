import { FakeFault, reportOf } from "./fake-faults.js";
export async function answerBulk(body, runOne) {
    const { commands } = JSON.parse(body);
    const heldBack = new Set();
    const answers = [];
    for (const command of commands) {
        const { lane } = command;
        const answer = heldBack.has(lane) ? { fault: notTried } : await attempt(command, runOne);
        if (!("fault" in answer)) {
            answers.push(answer);
            continue;
        }
        const error = reportOf(answer.fault);
        if (error.data.retryable)
            heldBack.add(lane);
        answers.push({ error });
    }
    return answers;
}
const notTried = new FakeFault("UNAVAILABLE", "One before it in its lane failed, so this was not tried.", { hint: "Send it again with the one before it." });
async function attempt(command, runOne) {
    try {
        return await runOne(command);
    }
    catch (fault) {
        if (fault instanceof FakeFault)
            return { fault };
        throw fault;
    }
}
