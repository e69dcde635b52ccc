import { orderOf } from "./order.js";
export function stateOf(list, onRefused, trouble) {
    const { pending, held } = orderOf(list, onRefused);
    return {
        pending,
        held,
        refused: list.flatMap(({ command, outcome }) => outcome?.state === "refused" ? [{ command, outcome }] : []),
        applied: appliedIn(list),
        trouble,
    };
}
export function appliedIn(list) {
    return list
        .flatMap(({ command, outcome }) => (outcome?.state === "applied" ? [{ command, outcome }] : []))
        .sort((a, b) => (a.outcome.settledAt < b.outcome.settledAt ? -1 : 1));
}
export function changesBetween(before, now) {
    const known = new Map(before.map((one) => [one.command.commandId, one]));
    const changes = now.flatMap(({ command, outcome }) => {
        const was = known.get(command.commandId);
        known.delete(command.commandId);
        const isNew = was ? [] : [{ type: "put", command }];
        if (outcome?.settledAt === was?.outcome?.settledAt)
            return isNew;
        if (!outcome)
            return [{ type: "retried", command }];
        if (outcome.state === "applied")
            return [...isNew, { type: "applied", command, outcome }];
        return [...isNew, { type: "refused", command, outcome }];
    });
    const gone = [...known.values()].filter(({ outcome }) => outcome?.state !== "applied");
    return [...changes, ...gone.map(({ command }) => ({ type: "dropped", command }))];
}
