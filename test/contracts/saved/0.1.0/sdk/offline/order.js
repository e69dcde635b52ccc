export function orderOf(list, onRefused) {
    const blocked = new Set();
    const blockedGroups = new Set();
    const pending = [];
    const held = [];
    const stopped = onRefused === "stop" && list.some(({ outcome }) => outcome?.state === "refused");
    for (const { command, outcome } of list) {
        if (outcome?.state === "applied")
            continue;
        const { group, after = [] } = command;
        const waits = stopped ||
            (group !== undefined && blockedGroups.has(group)) ||
            after.some((id) => blocked.has(id));
        if (outcome === undefined && !waits) {
            pending.push(command);
            continue;
        }
        if (outcome === undefined)
            held.push(command);
        for (const id of namesOf(command))
            blocked.add(id);
        if (group !== undefined)
            blockedGroups.add(group);
    }
    return { pending, held };
}
export function nextOf({ pending }) {
    const unsent = new Set(pending.flatMap(namesOf));
    return pending.find(({ after = [] }) => !after.some((id) => unsent.has(id)));
}
export function withThoseAfter(list, commandId) {
    const names = new Set([commandId]);
    const groups = new Set();
    for (const { command, outcome } of list) {
        const { group, after = [] } = command;
        const isIt = command.commandId === commandId;
        const waits = outcome === undefined &&
            (after.some((id) => names.has(id)) || (group !== undefined && groups.has(group)));
        if (!isIt && !waits)
            continue;
        for (const id of namesOf(command))
            names.add(id);
        if (group !== undefined)
            groups.add(group);
    }
    return list.map(({ command }) => command.commandId).filter((id) => names.has(id));
}
function namesOf({ commandId, insteadOf = [] }) {
    return [commandId, ...insteadOf];
}
