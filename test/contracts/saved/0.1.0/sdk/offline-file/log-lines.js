import { withCommand, withOutcome } from "../offline/queue-store.js";
export function writeLine(line) {
    return `${JSON.stringify(line)}\n`;
}
export function readLine(text) {
    try {
        const line = JSON.parse(text);
        return typeof line === "object" && line !== null ? line : undefined;
    }
    catch {
        return undefined;
    }
}
export function withLine(list, line) {
    if ("put" in line)
        return withCommand(list, line.put, line.insteadOf);
    if ("settled" in line)
        return withOutcome(list, line.settled, line.outcome ?? undefined);
    if (!("removed" in line))
        return [...list];
    return list.filter(({ command }) => !line.removed.includes(command.commandId));
}
export function linesOf(list) {
    return list.flatMap(({ command, outcome }) => [
        { put: command },
        ...(outcome ? [{ settled: command.commandId, outcome }] : []),
    ]);
}
