import { isRecord, readFault } from "./answers.js";
import { basedOnText } from "./based-on.js";
import { newCommandId } from "./command-id.js";
import { isSelvedgeError, SelvedgeError } from "./errors.js";
const commandsMax = 100;
const charsMax = 250_000;
const chunkTimeoutMs = 60_000;
const firstPauseMs = 100;
const pauseMsMax = 5_000;
export async function* bulk(commands, options, sendChunk) {
    for await (const chunk of inChunks(commands, options)) {
        const outcomes = new Map();
        let stopped;
        try {
            await settle(chunk, options, sendChunk, outcomes);
        }
        catch (error) {
            if (!isSelvedgeError(error))
                throw error;
            stopped = error;
        }
        for (const { index, command, commandId } of chunk) {
            const known = outcomes.get(index);
            yield known ?? { index, command, commandId, outcome: "failed", error: stopped };
        }
        if (stopped)
            throw stopped;
    }
}
async function settle(chunk, { signal, timeoutMs = chunkTimeoutMs, retriesMax }, sendChunk, outcomes) {
    const endsAt = performance.now() + timeoutMs;
    let open = chunk;
    for (let attempt = 0;; attempt++) {
        const body = `{"commands":[${open.map(({ text }) => text).join(",")}]}`;
        const leftMs = endsAt - performance.now();
        const answer = await sendChunk(body, { signal, timeoutMs: leftMs, retriesMax });
        const answers = readAnswers(answer, open.length);
        const again = [];
        for (const [at, sent] of open.entries()) {
            const outcome = outcomeOf(sent, answers[at] ?? {});
            outcomes.set(sent.index, outcome);
            if (outcome.outcome === "failed" && outcome.error.retryable)
                again.push(sent);
        }
        const pauseMs = Math.random() * Math.min(pauseMsMax, firstPauseMs * 2 ** attempt);
        if (again.length === 0 || performance.now() + pauseMs >= endsAt)
            return;
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
        open = again;
    }
}
async function* inChunks(commands, { inOrderBy }) {
    let chunk = [];
    let chars = 0;
    let index = 0;
    for await (const command of commands) {
        const lane = inOrderBy ? (inOrderBy(command) ?? `#${index}`) : "all";
        const sent = write(command, index, lane);
        const full = chunk.length === commandsMax || chars + sent.text.length > charsMax;
        if (full && chunk.length > 0) {
            yield chunk;
            chunk = [];
            chars = 0;
        }
        chunk.push(sent);
        chars += sent.text.length;
        index++;
    }
    if (chunk.length > 0)
        yield chunk;
}
function write(command, index, lane) {
    const { command: path, input, commandId = newCommandId() } = command;
    const basedOn = basedOnText(command.basedOn);
    try {
        const text = JSON.stringify({ command: path, commandId, lane, input, basedOn });
        return { index, command, commandId, text };
    }
    catch (cause) {
        const message = `The input of command ${index} cannot be written as JSON.`;
        throw new SelvedgeError(message, { code: "BAD_INPUT", cause, commandId });
    }
}
function readAnswers(answer, count) {
    const answers = isRecord(answer) ? answer.answers : undefined;
    if (Array.isArray(answers) && answers.length === count && answers.every(isRecord))
        return answers;
    throw new SelvedgeError("The answer to bulk does not have one answer a command.", {
        code: "INTERNAL",
        hint: "What answered is not Selvedge, or not a version that this SDK knows.",
    });
}
const noResponse = { status: 500, headers: new Headers() };
function outcomeOf({ index, command, commandId }, answer) {
    const base = { index, command, commandId };
    if (isRecord(answer.error)) {
        const { message, data } = answer.error;
        const fault = readFault(message, isRecord(data) ? data : {}, noResponse);
        const error = Object.assign(fault, { commandId });
        return { ...base, outcome: error.code === "REFUSED" ? "refused" : "failed", error };
    }
    const { data, receipt, repeated } = answer;
    const outcome = repeated === true ? "repeated" : "applied";
    return { ...base, outcome, data, receipt };
}
