export function takesRoom({ outcome }) {
    return outcome?.state !== "applied";
}
export function withCommand(list, command, insteadOf) {
    if (list.some((one) => one.command.commandId === command.commandId))
        return [...list];
    const place = list.findIndex((one) => one.command.commandId === insteadOf);
    if (place < 0)
        return [...list, { command }];
    return [...list.slice(0, place), { command }, ...list.slice(place + 1)];
}
export function withOutcome(list, commandId, outcome) {
    return list.map((one) => one.command.commandId === commandId
        ? { command: one.command, ...(outcome && { outcome }) }
        : one);
}
